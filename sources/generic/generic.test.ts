import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GenericMapping } from '../../domain/source/generic-mapping.ts';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { aContext, aRequest, observedIn } from '../testing/a-request.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { genericFormat } from './generic.ts';

const folder = new URL('./fixtures/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => !file.endsWith('.normalised.json'))
  .map((file) => file.replace('.json', ''));

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

/** For `mapped.json`. */
const mapping: GenericMapping = {
  alerts: ['items'],
  status: ['was'],
  statusValues: { firing: ['down'], resolved: ['up'] },
  severity: ['prio'],
  severityValues: new Map([
    ['p1', 'critical'],
    ['2', 'warning'],
  ]),
  fingerprint: [['zone'], ['nr']],
  startsAt: ['at'],
  endsAt: ['until'],
  url: ['links', '0', 'href'],
  allLabels: ['tags'],
  labels: new Map([
    ['service', ['svc']],
    ['host', ['device', 'name']],
  ]),
  allAnnotations: ['details'],
  annotations: new Map([['summary', ['text']]]),
};

const bare: GenericMapping = {
  statusValues: { firing: ['firing'], resolved: ['resolved'] },
  severityValues: new Map(),
  fingerprint: [],
  labels: new Map(),
  annotations: new Map(),
};

function contextOf(name: string, changes = {}) {
  return aContext({ source: 'shop', ...(name === 'mapped' && { mapping }), ...changes });
}

function parse(body: unknown, changes = {}) {
  const payload = genericFormat.parse(aRequest(body), aContext({ source: 'shop', ...changes }));
  return { alerts: observedIn(payload).map(({ alert }) => alert), rejected: payload.rejected };
}

test.each(names)('normalises %s', (name) => {
  const payload = genericFormat.parse(aRequest(readFixture(name)), contextOf(name));
  expect({ alerts: observedIn(payload), rejected: payload.rejected }).toEqual(
    readFixture(`${name}.normalised`),
  );
});

describe('what names an alert', () => {
  const fingerprintOf = (body: object, changes = {}) => parse(body, changes).alerts[0]?.fingerprint;

  test('is the same while it fires, gets worse, and is over', () => {
    const fired = fingerprintOf({ id: 'a', title: 'x', severity: 'warning' });
    expect(fingerprintOf({ id: 'a', title: 'y', severity: 'critical' })).toBe(fired);
    expect(fingerprintOf({ id: 'a', status: 'resolved' })).toBe(fired);
    expect(fingerprintOf({ id: 'b', title: 'x', severity: 'warning' })).not.toBe(fired);
  });

  test('does not depend on a severity beside the labels', () => {
    const labels = { host: 'db-1' };
    expect(fingerprintOf({ labels, severity: 'warning' })).toBe(fingerprintOf({ labels, severity: 'info' }));
  });

  test('keeps the parts of a key apart', () => {
    const keyed = { ...bare, fingerprint: [['a'], ['b']] };
    const first = fingerprintOf({ a: 'x', b: 'y / z' }, { mapping: keyed });
    expect(fingerprintOf({ a: 'x / y', b: 'z' }, { mapping: keyed })).not.toBe(first);
  });

  test('is the title too, where there is no key and no name', () => {
    const full = fingerprintOf({ host: 'db-1', title: 'the disk is full' });
    expect(fingerprintOf({ host: 'db-1', title: 'the disk is slow' })).not.toBe(full);
    expect(fingerprintOf({ host: 'db-2', title: 'the disk is full' })).not.toBe(full);
    const named = { host: 'db-1', name: 'disk' };
    expect(fingerprintOf({ ...named, title: '93 %' })).toBe(fingerprintOf({ ...named, title: '94 %' }));
  });

  test('must be whole where it is mapped', () => {
    const keyed = { ...bare, fingerprint: [['a'], ['b']] };
    expect(parse({ a: 'x' }, { mapping: keyed }).rejected).toEqual([
      { index: 0, path: '/b', reason: 'is missing, and names the alert' },
    ]);
  });
});

describe('a mapping', () => {
  test('names the place in the body of what is wrong', () => {
    const items = [{ device: { name: 7 }, was: 'down', zone: 'eu', nr: 1 }];
    expect(parse({ items }, { mapping }).rejected).toMatchObject([{ path: '/items/0/device/name' }]);
    expect(() => parse({ item: [] }, { mapping })).toThrow('is missing');
    expect(() => parse({ items: {} }, { mapping })).toThrow('must be an array');
  });

  test.each(['__proto__', 'constructor', 'toString', 'length'])(
    'reaches no further than what the sender wrote: %s',
    (name) => {
      const reaching = {
        ...bare,
        fingerprint: [['id']],
        severity: [name],
        labels: new Map([
          ['a', [name]],
          ['b', [name, 'name']],
          ['c', ['id', name]],
          ['d', ['list', name]],
        ]),
      };
      const [alert] = parse({ id: 'x', list: [] }, { mapping: reaching }).alerts;
      expect(alert).toMatchObject({ labels: {}, severity: 'error' });
      expect(alert?.flags).toEqual(['start_assumed']);
    },
  );

  test('takes an own member of such a name as any other', () => {
    const reaching = { ...bare, fingerprint: [['constructor', '__proto__']] };
    const body: unknown = JSON.parse('{"constructor":{"__proto__":"x"}}');
    expect(parse(body, { mapping: reaching }).alerts[0]?.annotations).toEqual({ dedup_key: 'x' });
  });

  test('has a place in a list only by a plain number', () => {
    const at = (index: string) => ({ ...bare, labels: new Map([['a', ['list', index]]]) });
    const body = { list: ['x', 'y'] };
    expect(parse(body, { mapping: at('1') }).alerts[0]?.labels).toEqual({ a: 'y' });
    for (const index of ['01', '-1', '2', '1.0', '-', '']) {
      expect(parse(body, { mapping: at(index) }).rejected).toHaveLength(1);
    }
  });

  test('that names a status refuses an alert without one', () => {
    const stated = { ...bare, status: ['s'], fingerprint: [['id']] };
    expect(parse({ id: 1 }, { mapping: stated }).rejected).toMatchObject([{ path: '/s' }]);
    const [alert] = parse({ id: 1, s: ' Resolved ' }, { mapping: stated }).alerts;
    expect(alert?.status).toBe('resolved');
  });
});

describe('severity', () => {
  test('becomes a label that routes can match, in one of the four words', () => {
    const [alert] = parse({ id: 1, priority: 'P1' }).alerts;
    expect(alert).toMatchObject({ severity: 'critical', labels: { severity: 'critical' } });
    expect(alert?.annotations.severity).toBe('P1');
  });

  test('of an unknown word is assumed and said so; a strict source refuses it', () => {
    const [alert] = parse({ id: 1, severity: 'sideways' }).alerts;
    expect(alert).toMatchObject({ severity: 'error', annotations: { severity: 'sideways' } });
    expect(alert?.flags).toContain('severity_assumed');
    expect(parse({ id: 1, severity: 'sideways' }, { validation: 'strict' }).rejected).toMatchObject([
      { path: '/severity' },
    ]);
  });
});

describe('times', () => {
  test.each([
    [{ endsAt: '2026-09-14T08:00:00Z' }, 'resolved', '2026-09-14T08:00:00.000Z', undefined],
    [{ endsAt: '2026-09-14T09:00:00Z' }, 'firing', undefined, '2026-09-14T09:00:00.000Z'],
    [{ status: 'firing', endsAt: '2026-09-14T08:00:00Z' }, 'firing', '2026-09-14T08:00:00.000Z', undefined],
    [{}, 'firing', undefined, undefined],
  ])('%j is %s', (fields, status, endsAt, expiresAt) => {
    const [alert] = parse({ id: 1, startsAt: '2026-09-14T07:00:00Z', ...fields }).alerts;
    expect([alert?.status, alert?.endsAt, alert?.expiresAt]).toEqual([status, endsAt, expiresAt]);
  });
});

describe('validation', () => {
  test('lenient keeps what no pointer took, also the rest of what one led into', () => {
    const labels = new Map([['host', ['device', 'name']]]);
    const device = { name: 'web-1', rack: 'r7' };
    const [alert] = parse({ device, more: [1] }, { mapping: { ...bare, labels } }).alerts;
    expect(alert?.extra).toEqual({ device, more: [1] });
  });

  test('strict refuses a member that no pointer leads into', () => {
    const labels = new Map([['host', ['device', 'name']]]);
    const options = { mapping: { ...bare, labels }, validation: 'strict' };
    const device = { name: 'web-1', rack: 'r7' };
    expect(parse({ device }, options).rejected).toEqual([]);
    expect(parse({ device, 'a/b': 1 }, options).rejected).toEqual([
      { index: 0, path: '/a~1b', reason: 'is not a field of this format' },
    ]);
  });

  test('coercive converts numbers to labels and unix times to instants', () => {
    const body = { labels: { port: 9_100 }, startsAt: 1_789_372_800 };
    const [alert] = parse(body, { validation: 'coercive' }).alerts;
    expect(alert).toMatchObject({
      labels: { port: '9100' },
      startsAt: '2026-09-14T08:00:00.000Z',
      flags: ['coerced:labels/port', 'coerced:startsAt'],
    });
    expect(parse({ labels: body.labels }).rejected).toMatchObject([{ path: '/labels/port' }]);
    expect(parse({ id: 1, startsAt: body.startsAt }).rejected).toMatchObject([{ path: '/startsAt' }]);
  });
});

test.each([null, 1, 'text', true])('refuses %j as a body', (body) => {
  expect(() => parse(body)).toThrow('must be an object or an array');
});

describe.each(validationModes)('%s', (validation) => {
  test.each(names)(
    '%s: every path dropped, doubled and swapped gives an answer and spares the neighbours',
    (name) => {
      const listed = { list: 1, mapped: 1, 'partly-wrong': 0 } as Record<string, number>;
      expectSpared(readFixture(name), {
        format: genericFormat,
        context: contextOf(name, { validation }),
        alertAt: (path) => {
          const place = listed[name];
          return place === undefined || path.length < place + 2 ? undefined : Number(path[place]);
        },
      });
    },
  );
});
