import { expect, it } from 'vitest';
import { errorDefinitions, isErrorCode, TocsinError } from '../domain/errors.ts';
import { problemOf, retryAfterSecondsOf } from './problem.ts';

it('gives every code of the registry its status and a type of its own', () => {
  for (const code of Object.keys(errorDefinitions).filter(isErrorCode)) {
    const problem = problemOf(new TocsinError(code, { detail: 'why', path: '/a' }), 'r-1');
    expect(problem).toMatchObject({ code, status: errorDefinitions[code].status, request_id: 'r-1' });
    expect(problem.type).toBe(`urn:tocsin:problem:${code}`);
    expect(problem.detail).toBe(errorDefinitions[code].kind === 'bug' ? undefined : 'why');
  }
});

it('tells nothing about what it does not know', () => {
  for (const thrown of [
    new Error('secret'),
    'secret',
    null,
    undefined,
    { code: 'EPIPE', detail: 'secret' },
  ]) {
    const problem = problemOf(thrown);
    expect(problem).toMatchObject({ code: 'internal', status: 500 });
    expect(JSON.stringify(problem)).not.toContain('secret');
  }
});

it('takes a failure that says 4xx for the client’s, without its text', () => {
  const aborted = Object.assign(new Error('aborted /secret'), { code: 'ECONNRESET', statusCode: 400 });
  expect(problemOf(aborted)).toMatchObject({ code: 'invalid_request', status: 400 });
  expect(JSON.stringify(problemOf(aborted))).not.toContain('secret');
});

it('names a time to come back only where coming back can help', () => {
  expect(retryAfterSecondsOf(new TocsinError('overloaded'))).toBe(1);
  expect(retryAfterSecondsOf(new TocsinError('overloaded', { retryAfterMs: 1 }))).toBe(1);
  expect(retryAfterSecondsOf(new TocsinError('overloaded', { retryAfterMs: 12_001 }))).toBe(13);
  expect(retryAfterSecondsOf(new TocsinError('overloaded', { retryAfterMs: -5 }))).toBe(1);
  expect(retryAfterSecondsOf(new TocsinError('incident_closed', { retryAfterMs: 5 }))).toBeUndefined();
  expect(retryAfterSecondsOf(undefined)).toBeUndefined();
});
