import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { alertmanagerFormat } from './alertmanager.ts';

const context = {
  tenant: 'default',
  source: 'prometheus',
  receivedAtMs: Date.parse('2026-09-14T08:40:00.000Z'),
};
const folder = new URL('./fixtures/', import.meta.url);

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

function parse(body: unknown) {
  return alertmanagerFormat.parse(body, context);
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
    expect(JSON.parse(JSON.stringify(parse(readFixture(name))))).toEqual(readFixture(`${name}.normalised`));
  });
});

describe('says what is wrong with', () => {
  test('a body that a user has templated', () => {
    expect(failureOf(readFixture('templated-by-user'))).toMatchObject({
      code: 'invalid_payload',
      path: '/version',
      detail:
        '"version" and "alerts" missing: only alertmanager\'s own webhook body is understood, no payload template',
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

function parseEntry(changes: Record<string, unknown>) {
  return parse({ version: '4', alerts: [anEntry(changes)] });
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
