import { describe, expect, test } from 'vitest';
import { keyOf, openDoors } from '../support/door-stage.ts';
import { allDeliveries, type Delivery } from '../support/sender-deliveries.ts';

/** One door of each kind, with a body that it takes. */
const doors = ['alertmanager/firing', 'alertmanager-api/prometheus', 'grafana/firing', 'generic/flat']
  .concat('cloudevents/structured', 'pagerduty/trigger', 'pagerduty/change')
  .map((name) => [name, deliveryOf(name)] as const);

function deliveryOf(wanted: string): Delivery {
  const delivery = allDeliveries().find(({ name }) => name === wanted);
  if (delivery === undefined) throw new Error(`there is no fixture ${wanted}`);
  return delivery;
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** After the shapes of github.com/nst/JSONTestSuite, and what has hurt other parsers. */
const hazards: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['blanks', ' \n\t '],
  ['a NUL', '\0'],
  ['a byte order mark alone', '\ufeff'],
  ['half an object', '{"alerts":['],
  ['two values', '{}{}'],
  ['a trailing comma', '{"a":1,}'],
  ['a comment', '{}//'],
  ['single quotes', "{'a':1}"],
  ['NaN', '[NaN]'],
  ['minus infinity', '[-Infinity]'],
  ['a leading zero', '[01]'],
  ['a plus', '[+1]'],
  ['a hexadecimal number', '[0x1]'],
  ['a huge number', '[1e400]'],
  ['a huge negative exponent', '[1e-400]'],
  ['a number of 10,000 digits', `[${'9'.repeat(10_000)}]`],
  ['a raw newline in a string', '["\n"]'],
  ['a raw control character', '["\u0001"]'],
  ['an escape that is none', '["\\x00"]'],
  ['half an escape', '["\\u00"]'],
  ['an escaped NUL as a key', '{"\\u0000":1}'],
  ['a lone surrogate as a key', '{"\\ud800":1}'],
  ['an empty key', '{"":0}'],
  ['the same key twice', '{"alerts":[],"alerts":1}'],
  ['a million brackets', '['.repeat(1_000_000)],
  ['40 nested lists', nested(40)],
  ['40 nested objects', nestedObjects(40)],
  ['__proto__', '{"__proto__":{"alerts":[]}}'],
  ['an escaped __proto__', '{"\\u005f\\u005fproto__":{"a":1}}'],
  ['constructor.prototype', '{"constructor":{"prototype":{"a":1}}}'],
  ['a key named toString', '{"toString":1,"hasOwnProperty":2,"valueOf":3}'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ['UTF-8 of a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['null', 'null'],
  ['a number', '7'],
  ['a string', '"text"'],
  ['an empty list', '[]'],
  ['an empty object', '{}'],
  ['40,000 keys', `{${Array.from({ length: 40_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
  ['a list of 100,000 nulls', `[${'null,'.repeat(99_999)}null]`],
];

describe.each(doors)('%s', (_, { url, headers, body }) => {
  const { app, lines, commands } = openDoors();

  test.each(hazards)('%s is answered below 500', async (_name, payload) => {
    const before = commands.length;
    const response = await app.inject({ method: 'POST', url, headers, payload });
    expect(response.statusCode).toBeLessThan(500);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    if (response.statusCode >= 400) expect(commands).toHaveLength(before);
    expect(({} as Record<string, unknown>).alerts).toBeUndefined();
  });

  test('a body of another type is refused, and nothing of it read', async () => {
    const before = commands.length;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const payload = JSON.stringify(body);
      const response = await app.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': type },
        payload,
      });
      expect([400, 415]).toContain(response.statusCode);
    }
    expect(commands).toHaveLength(before);
  });

  test('a compressed body is refused', async () => {
    const before = commands.length;
    const compressed = { ...headers, 'content-encoding': 'gzip' };
    const response = await app.inject({
      method: 'POST',
      url,
      headers: compressed,
      payload: JSON.stringify(body),
    });
    expect([400, 415]).toContain(response.statusCode);
    expect(commands).toHaveLength(before);
  });

  test('as it is, it is accepted', async () => {
    const response = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
    expect(response.statusCode).toBeLessThan(300);
  });
});

test('a routing key may be anything but one that is known', async () => {
  const { app, commands } = openDoors();
  const keys: readonly unknown[] = [
    null,
    7,
    '',
    [],
    {},
    { toString: 1 },
    'x'.repeat(100_000),
    keyOf('generic'),
    '\0',
    '\ud800',
    ' ',
  ];
  for (const routing_key of [...keys, [keyOf('pagerduty')], `${keyOf('pagerduty')} `]) {
    const payload = JSON.stringify({ ...(deliveryOf('pagerduty/trigger').body as object), routing_key });
    const headers = { 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/v2/enqueue', headers, payload });
    expect([response.statusCode, response.json().status]).toEqual([400, 'invalid event']);
  }
  expect(commands).toEqual([]);
});
