import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { errorCodeOf, TocsinError } from '../../domain/errors.ts';
import type { GenericMapping } from '../../domain/source/generic-mapping.ts';
import type { SourceContext } from '../source.ts';
import { observedIn } from '../testing/a-request.ts';
import { aDelivery, anEvent, batch, eventContext, structured } from './an-event.ts';
import { cloudeventsFormat } from './cloudevents.ts';

const binaryHeaders = {
  'ce-specversion': '1.0',
  'ce-id': 'b-1',
  'ce-source': '/checks/shop',
  'ce-type': 'org.example.shop.slow',
  'ce-subject': 'shop%20of%20K%C3%B6ln',
  'ce-time': '2026-09-14T08:30:00Z',
};

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
}

function parse(request: ReturnType<typeof aDelivery>, changes: Partial<SourceContext> = {}) {
  return cloudeventsFormat.parse(request, eventContext(changes));
}

function alertOf(event: object, changes: Partial<SourceContext> = {}) {
  const payload = parse(aDelivery(event, structured), changes);
  expect(payload.rejected).toEqual([]);
  return observedIn(payload)[0]?.alert;
}

function rejectionOf(event: unknown, changes: Partial<SourceContext> = {}) {
  const { commands, rejected } = parse(aDelivery(event, structured), changes);
  expect(commands).toEqual([]);
  return rejected[0];
}

describe('normalises', () => {
  test.each([
    ['structured', structured, {}],
    ['structured-cleared', structured, {}],
    ['text-data', structured, {}],
    ['batch', batch, {}],
    ['binary-data', 'application/json', binaryHeaders],
  ])('%s', (name, type, headers) => {
    const payload = parse(aDelivery(readFixture(name), type, headers));
    expect(JSON.parse(JSON.stringify(payload))).toEqual(readFixture(`${name}.normalised`));
  });
});

describe('the mode', () => {
  test('is binary where the attributes stand in headers, even without a body', () => {
    for (const type of ['application/json', 'application/vnd.example+json', '']) {
      expect(parse(aDelivery(undefined, type, binaryHeaders)).commands).toHaveLength(1);
    }
  });

  test('takes headers in quotes, and what is not encoded as it is', () => {
    const headers = { ...binaryHeaders, 'ce-subject': '"a \\"b\\""', 'ce-type': '100%' };
    const [entry] = observedIn(parse(aDelivery({}, 'application/json', headers)));
    expect(entry?.alert.labels).toMatchObject({ ce_subject: 'a "b"', ce_type: '100%' });
  });

  test.each([
    'application/json',
    'text/plain',
    '',
    'application/cloudevents+avro',
    'application/cloudevents',
  ])('is none of ours with the type %j and no attributes in headers', (type) => {
    expect(() => parse(aDelivery(anEvent(), type))).toThrow('send application/cloudevents+json');
  });

  test('is not binary for formats that tocsin does not read', () => {
    const request = aDelivery({}, 'application/cloudevents+avro', binaryHeaders);
    expect(() => parse(request)).toThrow('send application/cloudevents+json');
  });

  test('batch takes a list of any length up to the limit', () => {
    expect(parse(aDelivery([], batch))).toMatchObject({ commands: [], nothingToDo: true });
    const tooMany = aDelivery(Array(1_001).fill(anEvent()), batch);
    expect(() => parse(tooMany)).toThrow('at most 1000');
    expect(() => parse(aDelivery(anEvent(), batch))).toThrow('must be an array');
  });
});

test('what had to be changed of the attributes is flagged', () => {
  expect(alertOf(anEvent({ subject: 'half \ud800' }))?.flags).toEqual(['text_replaced']);
  const coerced = alertOf(anEvent({ id: 17, subject: true }), { validation: 'coercive' });
  expect(coerced?.flags).toEqual(['coerced:id', 'coerced:subject']);
  expect(coerced?.labels.ce_subject).toBe('true');
});

describe('an alert is known', () => {
  test('by source and subject, whatever happens to it', () => {
    const fired = alertOf(anEvent());
    const cleared = alertOf(anEvent({ id: 'e-2', type: 'org.example.disk.resolved' }));
    expect(cleared?.fingerprint).toBe(fired?.fingerprint);
    expect([fired?.status, cleared?.status]).toEqual(['firing', 'resolved']);
    expect(alertOf(anEvent({ subject: 'db-2' }))?.fingerprint).not.toBe(fired?.fingerprint);
    expect(alertOf(anEvent({ source: '/other' }))?.fingerprint).not.toBe(fired?.fingerprint);
  });

  test('by source and id without a subject', () => {
    const one = alertOf(anEvent({ subject: undefined }));
    expect(alertOf(anEvent({ subject: undefined }))?.fingerprint).toBe(one?.fingerprint);
    expect(alertOf(anEvent({ subject: undefined, id: 'e-2' }))?.fingerprint).not.toBe(one?.fingerprint);
    // an id is no subject
    expect(alertOf(anEvent({ subject: 'e-1' }))?.fingerprint).not.toBe(one?.fingerprint);
  });

  test('by what its data calls it', () => {
    const named = alertOf(anEvent({ data: { dedup_key: 'disk' } }));
    expect(alertOf(anEvent({ subject: 'x', data: { dedup_key: 'disk' } }))?.fingerprint).toBe(
      named?.fingerprint,
    );
  });
});

describe('the time of an event', () => {
  test('begins the episode, so that one delivered again is the same', () => {
    expect(alertOf(anEvent())).toMatchObject({ startsAt: '2026-09-14T08:30:00.000Z' });
    expect(alertOf(anEvent())?.flags).toBeUndefined();
  });

  test('ends it where the event says that it is over', () => {
    const alert = alertOf(anEvent({ data: { status: 'resolved' } }));
    expect(alert).toMatchObject({ status: 'resolved', endsAt: '2026-09-14T08:30:00.000Z' });
  });

  test('gives way to a start in the data', () => {
    const data = { startsAt: '2026-09-14T08:00:00Z' };
    expect(alertOf(anEvent({ data }))?.startsAt).toBe('2026-09-14T08:00:00.000Z');
  });

  test.each([undefined, null, '2026-09-14T09:00:00Z'])(
    'that cannot be used, as %j, is that of its arrival',
    (time) => {
      expect(alertOf(anEvent({ time }))).toMatchObject({
        startsAt: '2026-09-14T08:40:00.000Z',
        flags: ['start_assumed'],
      });
    },
  );
});

describe('whether it is over', () => {
  test.each(['org.example.disk.Resolved', 'cleared', 'a.b.recovered', 'x.closed'])('%s says so', (type) => {
    expect(alertOf(anEvent({ type }))?.status).toBe('resolved');
  });

  test('is told by the data first', () => {
    const type = 'org.example.disk.resolved';
    expect(alertOf(anEvent({ type, data: { state: 'down' } }))?.status).toBe('firing');
    expect(alertOf(anEvent({ type, data: { state: null } }))?.status).toBe('resolved');
    expect(alertOf(anEvent({ data: { state: 'ok' } }))?.status).toBe('resolved');
  });

  test('leaves no end to wait for', () => {
    const data = { endsAt: '2026-09-14T09:00:00Z' };
    const alert = alertOf(anEvent({ type: 'disk.resolved', data }));
    expect(alert?.status).toBe('resolved');
    expect(alert?.expiresAt).toBeUndefined();
  });
});

describe('a mapping', () => {
  const mapping: GenericMapping = {
    status: ['was'],
    statusValues: { firing: ['down'], resolved: ['up'] },
    severityValues: new Map(),
    fingerprint: [['device']],
    labels: new Map([['host', ['device']]]),
    annotations: new Map([['summary', ['text']]]),
  };

  test('reads the data', () => {
    const data = { was: 'up', device: 'db-9', text: 'fine again' };
    const alert = alertOf(anEvent({ data }), { mapping });
    expect(alert).toMatchObject({ status: 'resolved', labels: { host: 'db-9', ce_subject: 'db-1' } });
    expect(alert?.fingerprint).not.toBe(alertOf(anEvent())?.fingerprint);
  });

  test('names the place in the event of what is wrong', () => {
    expect(rejectionOf(anEvent({ data: { device: 'x' } }), { mapping })).toMatchObject({ path: '/data/was' });
    expect(rejectionOf(anEvent({ data: 'text' }), { mapping })).toMatchObject({ path: '/data' });
  });
});

test.each([
  [null, ''],
  [[], ''],
  [anEvent({ specversion: undefined }), '/specversion'],
  [anEvent({ specversion: '1.1' }), '/specversion'],
  [anEvent({ specversion: 1 }), '/specversion'],
  [anEvent({ id: null }), '/id'],
  [anEvent({ source: '' }), '/source'],
  [anEvent({ type: 7 }), '/type'],
  [anEvent({ type: 'x'.repeat(5_000) }), '/type'],
  [anEvent({ subject: 'x'.repeat(5_000) }), '/subject'],
  [anEvent({ subject: {} }), '/subject'],
  [anEvent({ time: 1_789_372_800 }), '/time'],
  [anEvent({ data: 7 }), '/data'],
  [anEvent({ data_base64: 'e30=' }), '/data_base64'],
])('what is no event is refused: %#, %.0j %s', (event, path) => {
  expect(rejectionOf(event)).toMatchObject({ index: 0, path, reason: expect.any(String) });
});

describe('is told of an error', () => {
  const refuse = (error: TocsinError) => cloudeventsFormat.refuse?.(error);

  test('429 with when to come back when too much is waiting', () => {
    expect(refuse(new TocsinError('overloaded', { retryAfterMs: 2_500 }))).toEqual({
      status: 429,
      headers: { 'retry-after': '3' },
    });
  });

  test.each([
    ['unsupported_media_type', 415],
    ['store_unavailable', 503],
    ['unknown_source', 401],
  ] as const)('%s as %i', (code, status) => {
    expect(refuse(new TocsinError(code))).toEqual({ status });
  });

  test('415 for a type that is no event', () => {
    try {
      parse(aDelivery(anEvent(), 'application/json'));
      expect.unreachable();
    } catch (error) {
      expect(errorCodeOf(error)).toBe('unsupported_media_type');
    }
  });
});
