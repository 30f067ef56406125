import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { aContext, aRequest, observedIn } from '../testing/a-request.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { alertmanagerApiFormat } from './alertmanager-api.ts';

const folder = new URL('./fixtures/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => !file.endsWith('.normalised.json'))
  .map((file) => file.replace('.json', ''));

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

function parse(body: unknown, changes = {}) {
  return alertmanagerApiFormat.parse(aRequest(body), aContext(changes));
}

const nothing = { accepted: 0, duplicates: 0, dropped: [] };

describe('normalises', () => {
  test.each(names)('%s', (name) => {
    const payload = parse(readFixture(name));
    expect({ alerts: observedIn(payload), rejected: payload.rejected }).toEqual(
      readFixture(`${name}.normalised`),
    );
  });

  test('an end of now as a clear, one a millisecond ahead as an expiry', () => {
    const labels = { alertname: 'A' };
    const payload = parse([
      { labels, endsAt: '2026-09-14T08:40:00Z' },
      { labels, endsAt: '2026-09-14T08:40:00.001Z' },
    ]);
    expect(observedIn(payload).map(({ alert }) => [alert.status, alert.endsAt, alert.expiresAt])).toEqual([
      ['resolved', '2026-09-14T08:40:00.000Z', undefined],
      ['firing', undefined, '2026-09-14T08:40:00.001Z'],
    ]);
  });

  test('an alert without an end as over after the configured time', () => {
    const [{ alert } = { alert: undefined }] = observedIn(
      parse([{ labels: { a: 'b' } }], { resolveTimeoutMs: 60_000 }),
    );
    expect(alert?.expiresAt).toBe('2026-09-14T08:41:00.000Z');
  });

  test('what prometheus and amtool send, in strict mode too', () => {
    for (const name of ['prometheus', 'amtool']) {
      expect(parse(readFixture(name), { validation: 'strict' }).rejected).toEqual([]);
    }
  });

  test('empty labels as none, so that both have one fingerprint', () => {
    const [with_, without] = observedIn(parse([{ labels: { a: 'b', c: '' } }, { labels: { a: 'b' } }]));
    expect(with_?.alert.labels).toEqual({ a: 'b' });
    expect(with_?.alert.fingerprint).toBe(without?.alert.fingerprint);
  });
});

describe('answers', () => {
  const answerTo = (body: unknown) => alertmanagerApiFormat.answer?.(parse(body), nothing);

  test('200 without a body when any alert was kept, or none was sent', () => {
    expect(answerTo(readFixture('partly-wrong'))).toEqual({ status: 200 });
    expect(answerTo([])).toEqual({ status: 200 });
    expect(parse([]).nothingToDo).toBe(true);
  });

  test('400 with a text when all are wrong, and names ten of them at most', () => {
    expect(answerTo([{ labels: {} }])).toEqual({
      status: 400,
      body: '/0/labels: at least one label with a value is required',
    });
    const many = answerTo(Array.from({ length: 30 }, () => null))?.body;
    expect(many).toMatch(/^\/0: must be an object, not null; .*; and 20 more$/);
  });

  test('400 to a body that is no list', () => {
    expect(() => parse({ labels: {} })).toThrow('must be an array, not an object');
    const refusal = alertmanagerApiFormat.refuse?.(
      new TocsinError('invalid_payload', { detail: 'is wrong' }),
    );
    expect(refusal).toEqual({ status: 400, body: 'is wrong' });
  });

  test('503 with Retry-After when too much is waiting, and keeps other statuses', () => {
    const refusal = alertmanagerApiFormat.refuse?.(new TocsinError('overloaded', { retryAfterMs: 1_500 }));
    expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(alertmanagerApiFormat.refuse?.(new TocsinError('unknown_source'))?.status).toBe(401);
    expect(alertmanagerApiFormat.refuse?.(new TocsinError('internal', { detail: 'secret' }))).toEqual({
      status: 500,
      body: 'an internal error occurred',
    });
  });
});

describe.each(validationModes)('%s', (validation) => {
  test.each(names)(
    '%s: every path dropped, doubled and swapped gives an answer and spares the neighbours',
    (name) => {
      expectSpared(readFixture(name), {
        format: alertmanagerApiFormat,
        context: aContext({ validation }),
        alertAt: ([index, ...within]) => (within.length > 0 ? Number(index) : undefined),
      });
    },
  );
});
