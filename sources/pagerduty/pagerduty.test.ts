import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { startAssumed } from '../../domain/alert/alert.ts';
import { TocsinError } from '../../domain/errors.ts';
import type { SourceContext } from '../source.ts';
import { aContext, aRequest, observedIn } from '../testing/a-request.ts';
import { createPagerdutyFormat } from './pagerduty.ts';

const format = createPagerdutyFormat({ newKey: () => '5f0a3c1e-0c7b-4c0e-9a55-d1a7b8e2f407' });
const folder = new URL('./fixtures/', import.meta.url);
const accepted = { accepted: 1, duplicates: 0, dropped: [] };

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

function parse(body: unknown, changes: Partial<SourceContext> = {}) {
  return format.parse(aRequest(body), aContext({ source: 'shop', ...changes }));
}

function aTrigger(payload: object = {}, event: object = {}): object {
  return {
    event_action: 'trigger',
    dedup_key: 'disk',
    payload: { summary: 'disk is full', source: 'db-1', severity: 'critical', ...payload },
    ...event,
  };
}

function alertOf(body: unknown, changes: Partial<SourceContext> = {}) {
  return observedIn(parse(body, changes))[0]?.alert;
}

function failureOf(body: unknown, changes: Partial<SourceContext> = {}) {
  try {
    parse(body, changes);
  } catch (error) {
    if (error instanceof TocsinError) return { code: error.code, path: error.path, detail: error.detail };
    throw error;
  }
  throw new Error('was accepted');
}

const goldens = readdirSync(folder)
  .filter((file) => file.endsWith('.normalised.json'))
  .map((file) => file.replace('.normalised.json', ''));

describe('normalises', () => {
  test('every golden fixture', () => {
    expect(goldens).toHaveLength(6);
  });

  test.each(goldens)('%s', (name) => {
    expect(JSON.parse(JSON.stringify(parse(readFixture(name))))).toEqual(readFixture(`${name}.normalised`));
  });
});

describe('an alert is known by its dedup_key', () => {
  test('which trigger, acknowledge and resolve share', () => {
    const [trigger, acknowledge, resolve] = ['trigger', 'acknowledge', 'resolve'].map((event_action) => {
      const [parsed] = parse({ ...aTrigger(), event_action }).commands;
      return parsed?.command;
    });
    const fingerprint = alertOf(aTrigger())?.fingerprint;
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(trigger).toMatchObject({ kind: 'observe', alert: { fingerprint } });
    const identity = { tenant: 'default', source: 'shop', fingerprint };
    const at = '2026-09-14T08:40:00.000Z';
    expect(acknowledge).toEqual({ kind: 'acknowledge', identity, at });
    expect(resolve).toEqual({ kind: 'clear', identity, at });
  });

  test('which is made and answered where a trigger has none', () => {
    const body = aTrigger({}, { dedup_key: undefined });
    expect(parse(body).reply).toEqual({ dedup_key: '5f0a3c1e-0c7b-4c0e-9a55-d1a7b8e2f407' });
    expect(alertOf(body)?.fingerprint).not.toBe(alertOf(aTrigger())?.fingerprint);
    expect(parse(aTrigger({}, { dedup_key: '' })).reply).toEqual(parse(body).reply);
  });

  test.each(['acknowledge', 'resolve'])('without which %s is wrong', (event_action) => {
    expect(failureOf({ event_action })).toMatchObject({ code: 'invalid_payload', path: '/dedup_key' });
  });

  test('of at most 255 characters', () => {
    expect(parse(aTrigger({}, { dedup_key: 'k'.repeat(255) })).commands).toHaveLength(1);
    expect(failureOf(aTrigger({}, { dedup_key: 'k'.repeat(256) }))).toMatchObject({ path: '/dedup_key' });
  });
});

describe('the time of a trigger', () => {
  test('is the start of a new episode, and names none that is open', () => {
    const alert = alertOf(aTrigger({ timestamp: '2026-09-14T08:31:02+00:00' }));
    expect(alert).toMatchObject({ startsAt: '2026-09-14T08:31:02.000Z', flags: [startAssumed] });
  });

  test.each([undefined, '', '2026-09-14T09:40:00Z', 'yesterday', 17, {}])(
    'that cannot be used, as %j, is that of its arrival',
    (timestamp) => {
      expect(alertOf(aTrigger({ timestamp }))?.startsAt).toBe('2026-09-14T08:40:00.000Z');
    },
  );
});

describe('a lenient source', () => {
  test.each([undefined, '', 'bogus'])('pages for a trigger of the severity %j as an error', (severity) => {
    expect(alertOf(aTrigger({ severity }))?.severity).toBe('error');
  });

  test('keeps what it does not know', () => {
    expect(alertOf(aTrigger({ team: 'db' }, { region: 'eu' }))?.extra).toEqual({ region: 'eu', team: 'db' });
  });

  test('keeps details that are no object', () => {
    expect(alertOf(aTrigger({ custom_details: 'see the log' }))?.annotations.custom_details).toBe(
      'see the log',
    );
    expect(alertOf(aTrigger({ custom_details: ['a'] }))?.extra).toEqual({
      'custom_details.custom_details': ['a'],
    });
  });

  test('always keeps the summary and the key, however many details there are', () => {
    const details = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}`, 'x']));
    const alert = alertOf(aTrigger({ custom_details: details }));
    expect(alert?.annotations).toMatchObject({ summary: 'disk is full', dedup_key: 'disk' });
    expect(Object.keys(alert?.annotations ?? {}).length).toBeLessThanOrEqual(64);
    expect(Object.keys(alert?.extra ?? {}).length).toBe(200 - 59);
  });
});

describe('a strict source refuses', () => {
  test.each([
    ['an unknown field', aTrigger({}, { region: 'eu' }), '/region'],
    ['an unknown field of the payload', aTrigger({ team: 'db' }), '/payload/team'],
    ['another severity', aTrigger({ severity: 'page' }), '/payload/severity'],
    ['no source', aTrigger({ source: undefined }), '/payload/source'],
    ['a long summary', aTrigger({ summary: 'x'.repeat(1_025) }), '/payload/summary'],
    ['a time that is none', aTrigger({ timestamp: 'yesterday' }), '/payload/timestamp'],
    ['details that are no object', aTrigger({ custom_details: 'x' }), '/payload/custom_details'],
    ['a link that cannot be followed', aTrigger({}, { links: [{ href: 'ftp://x' }] }), '/links/0/href'],
  ])('%s', (_, body, path) => {
    expect(failureOf(body, { validation: 'strict' })).toMatchObject({ code: 'invalid_payload', path });
    expect(parse(body).commands).toHaveLength(1);
  });

  test("nothing of pagerduty's own example fields", () => {
    expect(parse(readFixture('trigger'), { validation: 'strict' }).commands).toHaveLength(1);
  });
});

test('a coercive source converts what loses nothing, and says so', () => {
  const body = { ...aTrigger({ group: 7 }), event_action: 'TRIGGER', dedup_key: 42 };
  expect(alertOf(body, { validation: 'coercive' })).toMatchObject({
    labels: { group: '7' },
    flags: ['coerced:dedup_key', 'coerced:event_action', 'coerced:payload/group', startAssumed],
  });
});

test.each([
  [null, '', 'null'],
  [[], '', 'an array'],
  [{}, '/event_action', 'is missing'],
  [{ event_action: 'page' }, '/event_action', 'must be "trigger", "acknowledge" or "resolve"'],
  [{ event_action: 'trigger' }, '/payload', 'is missing'],
  [aTrigger({ summary: '  ' }), '/payload/summary', 'must not be empty'],
  [aTrigger({ summary: 7 }), '/payload/summary', 'must be a string, not a number'],
])('%j is refused', (body, path, detail) => {
  const failure = failureOf(body);
  expect(failure).toMatchObject({ code: 'invalid_payload', path });
  expect(failure.detail).toContain(detail);
});

describe('is answered', () => {
  test('202 with the key', () => {
    expect(format.answer?.(parse(aTrigger()), accepted)).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'disk' },
    });
  });

  test('400 with what is wrong', () => {
    const error = new TocsinError('invalid_payload', { path: '/payload', detail: 'is missing' });
    expect(format.refuse?.(error)).toEqual({
      status: 400,
      body: { status: 'invalid event', message: 'Event object is invalid', errors: ['/payload: is missing'] },
    });
  });

  test('400 to a key of nobody', () => {
    const body = expect.objectContaining({ errors: [expect.stringContaining('/routing_key')] });
    expect(format.refuse?.(new TocsinError('unknown_source'))).toEqual({ status: 400, body });
  });

  test.each([
    ['overloaded', 429, '2'],
    ['store_unavailable', 503, '1'],
    ['unknown_outcome', 503, '1'],
  ] as const)('%s as %i, with when to come back', (code, status, seconds) => {
    const retryAfterMs = code === 'overloaded' ? { retryAfterMs: 1_001 } : {};
    const answer = format.refuse?.(new TocsinError(code, retryAfterMs));
    expect(answer).toMatchObject({ status, headers: { 'retry-after': seconds } });
  });

  test('a bug without what it says', () => {
    const answer = format.refuse?.(new TocsinError('internal', { detail: 'the password is hunter2' }));
    expect(answer?.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});
