import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import type { ValidationMode } from '../../domain/source/validation-mode.ts';
import { aContext, aRequest, observedIn } from '../testing/a-request.ts';
import { alertmanagerFormat } from './alertmanager.ts';

const folder = new URL('./fixtures/', import.meta.url);

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

function parse(body: unknown, validation: ValidationMode = 'lenient') {
  const payload = alertmanagerFormat.parse(aRequest(body), aContext({ validation }));
  return { ...payload, alerts: observedIn(payload) };
}

function failureOf(body: unknown): Pick<TocsinError, 'code' | 'path' | 'detail'> {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof TocsinError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const goldens = readdirSync(folder)
  .filter((file) => file.endsWith('.normalised.json'))
  .map((file) => file.replace('.normalised.json', ''));

describe('normalises', () => {
  test('every golden fixture', () => {
    expect(goldens).toHaveLength(7);
  });

  test.each(goldens)('%s', (name) => {
    const { alerts, rejected, truncatedAlerts } = parse(readFixture(name));
    expect({ alerts, rejected, truncatedAlerts }).toEqual(readFixture(`${name}.normalised`));
  });
});

describe('says what is wrong with', () => {
  test('a body that a user has templated', () => {
    expect(failureOf(readFixture('templated-by-user'))).toMatchObject({
      code: 'invalid_payload',
      path: '/version',
      detail:
        '"version" and "alerts" missing: only the sender\'s own webhook body is understood, no payload template',
    });
  });

  test("grafana's body", () => {
    expect(failureOf(readFixture('grafana'))).toMatchObject({
      code: 'invalid_payload',
      path: '/version',
      detail: 'must be "4"; this looks like grafana',
    });
  });

  test("the list of alertmanager's own API", () => {
    expect(failureOf(readFixture('alertmanager-api'))).toMatchObject({ code: 'invalid_payload', path: '' });
  });

  test.each([
    [null, '', 'null'],
    [42, '', 'a number'],
    ['text', '', 'a string'],
    [{ version: '4', alerts: {} }, '/alerts', 'must be an array, not an object'],
    [{ version: '4', alerts: [] }, '/alerts', 'must not be empty'],
    [{ version: 4, alerts: [] }, '/version', 'must be "4"'],
  ])('%j', (body, path, detail) => {
    const failure = failureOf(body);
    expect(failure).toMatchObject({ code: 'invalid_payload', path });
    expect(failure.detail).toContain(detail);
  });

  test('1,001 alerts', () => {
    const body = { version: '4', alerts: Array.from({ length: 1_001 }, () => ({})) };
    expect(failureOf(body)).toMatchObject({ code: 'too_many_alerts', path: '/alerts' });
  });
});

function anEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { status: 'firing', labels: { alertname: 'A' }, startsAt: '2026-09-14T08:00:00Z', ...changes };
}

function parseEntry(changes: Record<string, unknown>, validation: ValidationMode = 'lenient') {
  return parse({ version: '4', alerts: [anEntry(changes)] }, validation);
}

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'v']));

describe('lists an alert with', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['65 labels', { labels: many(65) }, '/alerts/0/labels', 'at most 64'],
    [
      'a long name',
      { labels: { [`é${'n'.repeat(127)}`]: 'v' } },
      `/alerts/0/labels/é${'n'.repeat(126)}`,
      '128 bytes',
    ],
    ['a long value', { labels: { a: 'é'.repeat(2_049) } }, '/alerts/0/labels/a', '4096 bytes'],
    ['an empty name', { labels: { '': 'v' } }, '/alerts/0/labels/', 'needs a name'],
    ['a number as label', { labels: { 'a/b~c': 1 } }, '/alerts/0/labels/a~1b~0c', 'not a number'],
    ['null as label', { labels: { a: null } }, '/alerts/0/labels/a', 'not null'],
    ['a list of labels', { labels: ['a'] }, '/alerts/0/labels', 'object of strings'],
    ['a number as annotation', { annotations: { a: 1 } }, '/alerts/0/annotations/a', 'not a number'],
    ['a number as start', { startsAt: 1_789_000_000 }, '/alerts/0/startsAt', 'RFC 3339'],
    ['the 30th of February', { startsAt: '2026-02-30T00:00:00Z' }, '/alerts/0/startsAt', 'RFC 3339'],
    ['a start without zone', { startsAt: '2026-02-03T00:00:00' }, '/alerts/0/startsAt', 'RFC 3339'],
    ['no start', { startsAt: undefined }, '/alerts/0/startsAt', 'is missing'],
    ['a wrong end', { endsAt: 'later' }, '/alerts/0/endsAt', 'RFC 3339'],
    ['no status', { status: undefined }, '/alerts/0/status', 'is missing'],
    ['a number as link', { generatorURL: 1 }, '/alerts/0/generatorURL', 'not a number'],
  ])('%s', (_, changes, path, reason) => {
    const { alerts, rejected } = parseEntry(changes);
    expect(alerts).toEqual([]);
    expect(rejected).toEqual([{ index: 0, path, reason: expect.stringContaining(reason) }]);
  });
});

describe('keeps an alert with', () => {
  test('64 labels of the longest kind', () => {
    const labels = { ...many(63), ['n'.repeat(128)]: 'v'.repeat(4_096) };
    expect(parseEntry({ labels }).alerts[0]?.alert.labels).toEqual(labels);
  });

  test('annotations that are too long or too many, cut and flagged', () => {
    const alert = parseEntry({ annotations: { ...many(70), l0: '🔥'.repeat(2_000) } }).alerts[0]?.alert;
    expect(alert?.flags).toEqual(['annotations_cut', 'annotations_dropped']);
    expect(Object.keys(alert?.annotations ?? {})).toHaveLength(64);
    expect(alert?.annotations.l0).toBe('🔥'.repeat(1_024));
  });

  test('a start of zero or far ahead, from its arrival on and flagged', () => {
    for (const startsAt of ['0001-01-01T00:00:00Z', '2026-09-14T08:41:00.001Z', '9999-12-31T23:59:59Z']) {
      const alert = parseEntry({ startsAt }).alerts[0]?.alert;
      expect(alert).toMatchObject({ startsAt: '2026-09-14T08:40:00.000Z', flags: ['start_assumed'] });
    }
  });

  test('a start a minute ahead, which is clock skew, as it is', () => {
    const alert = parseEntry({ startsAt: '2026-09-14T08:41:00.000Z' }).alerts[0]?.alert;
    expect(alert?.startsAt).toBe('2026-09-14T08:41:00.000Z');
    expect(alert?.flags).toBeUndefined();
  });

  test('labels named after what every object has', () => {
    const labels = { constructor: 'c', toString: 't', hasOwnProperty: 'h' };
    expect(parseEntry({ labels }).alerts[0]?.alert.labels).toEqual(labels);
  });

  test('a label named __proto__ without touching any prototype', () => {
    const alert = parseEntry({ labels: JSON.parse('{"__proto__":"x"}') }).alerts[0]?.alert;
    expect(Object.entries(alert?.labels ?? {})).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(alert?.labels)).toBe(Object.prototype);
  });
});

describe('a strict source', () => {
  test('takes what alertmanager sends', () => {
    expect(parse(readFixture('group-of-three'), 'strict').rejected).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown field', { 'run/book': 1 }, '/alerts/0/run~1book', 'not a field'],
    ['null for a link', { generatorURL: null }, '/alerts/0/generatorURL', 'not be null'],
    ['a link to a file', { generatorURL: 'file:///etc' }, '/alerts/0/generatorURL', 'http or https'],
    ['too many annotations', { annotations: many(65) }, '/alerts/0/annotations', 'at most 64'],
  ])('refuses an alert with %s', (_, changes, path, reason) => {
    const { alerts, rejected } = parseEntry(changes, 'strict');
    expect(alerts).toEqual([]);
    expect(rejected).toEqual([{ index: 0, path, reason: expect.stringContaining(reason) }]);
  });

  test('refuses a body with a field that no release of alertmanager writes', () => {
    const body = { version: '4', alerts: [anEntry()], orgId: 1 };
    expect(() => parse(body, 'strict')).toThrow('is not a field of this format');
    expect(parse(body).rejected).toEqual([]);
  });
});

describe('a lenient source', () => {
  test('keeps unknown fields beside the alert, and what they hold as it came', () => {
    const [kept] = parseEntry({ runbook: { url: 'x', steps: [1, 2] }, owner: null }).alerts;
    expect(kept?.alert.extra).toEqual({ runbook: { url: 'x', steps: [1, 2] }, owner: null });
    expect(kept?.alert.flags).toBeUndefined();
  });

  test('says so when unknown fields are too large to be kept', () => {
    const [kept] = parseEntry({ large: 'x'.repeat(8_192), small: 1 }).alerts;
    expect(kept?.alert).toMatchObject({ extra: { small: 1 }, flags: ['extra_dropped'] });
  });
});

describe('a coercive source', () => {
  test('converts what loses nothing and names each conversion', () => {
    const [kept] = parseEntry(
      {
        status: ' FIRING ',
        labels: { alertname: 'A', port: 9_100, 'is/up': false },
        annotations: { value: 0.5 },
        startsAt: 1_789_372_800,
        endsAt: '1789376400000',
      },
      'coercive',
    ).alerts;
    expect(kept?.alert).toMatchObject({
      status: 'firing',
      labels: { alertname: 'A', port: '9100', 'is/up': 'false' },
      annotations: { value: '0.5' },
      startsAt: '2026-09-14T08:00:00.000Z',
      endsAt: '2026-09-14T09:00:00.000Z',
      flags: [
        'coerced:annotations/value',
        'coerced:endsAt',
        'coerced:labels/is~1up',
        'coerced:labels/port',
        'coerced:startsAt',
        'coerced:status',
      ],
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a number with too many digits',
      { labels: JSON.parse('{"id":12345678901234567890}') },
      '/alerts/0/labels/id',
    ],
    ['an infinite number', { labels: { id: Number.POSITIVE_INFINITY } }, '/alerts/0/labels/id'],
    ['null', { labels: { id: null } }, '/alerts/0/labels/id'],
    ['a list', { labels: { id: ['a'] } }, '/alerts/0/labels/id'],
    ['zero as a start', { startsAt: 0 }, '/alerts/0/startsAt'],
    ['microseconds as a start', { startsAt: 1_789_000_000_000_000 }, '/alerts/0/startsAt'],
    ['a number as status', { status: 1 }, '/alerts/0/status'],
  ])('refuses %s, which would lose something', (_, changes, path) => {
    expect(parseEntry(changes, 'coercive')).toMatchObject({ alerts: [], rejected: [{ path }] });
  });

  test('names sixteen conversions and counts the rest as one', () => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, i]));
    const flags = parseEntry({ labels }, 'coercive').alerts[0]?.alert.flags ?? [];
    expect(flags).toHaveLength(17);
    expect(flags).toContain('coerced_more');
  });

  test('computes the fingerprint from what the labels became', () => {
    const [text] = parseEntry({ labels: { alertname: 'A', port: '9100' } }).alerts;
    const [number] = parseEntry({ labels: { alertname: 'A', port: 9_100 } }, 'coercive').alerts;
    expect(number?.alert.fingerprint).toBe(text?.alert.fingerprint);
  });
});
