import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCodeOf } from '../../domain/errors.ts';
import { verifyHmac } from './verify-hmac.ts';

const secret = 'a-secret-of-sixteen-or-more';
const body = Buffer.from('{"version":"1","title":"ü"}');
const receivedAtMs = Date.parse('2026-09-14T08:40:00Z');
const seconds = String(receivedAtMs / 1_000);
const plain = { secrets: [secret], header: 'x-grafana-alerting-signature' };
const timed = { ...plain, timestampHeader: 'x-grafana-alerting-timestamp' };

function sign(text: string | Buffer, key = secret): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

interface Sent {
  readonly signature?: string;
  readonly timestamp?: string;
  readonly body?: Uint8Array;
}

function codeOf(settings: typeof plain, sent: Sent): string | undefined {
  const headers = new Map([
    ['x-grafana-alerting-signature', sent.signature],
    ['x-grafana-alerting-timestamp', sent.timestamp],
  ]);
  try {
    verifyHmac(sent.body ?? body, (name) => headers.get(name), { signature: settings, receivedAtMs });
    return undefined;
  } catch (error) {
    return errorCodeOf(error);
  }
}

describe('without a timestamp', () => {
  test('takes what the secret has signed, over the bytes as they came', () => {
    expect(codeOf(plain, { signature: sign(body) })).toBeUndefined();
    const broken = Buffer.from([0xff, 0xfe, 0x00]);
    expect(codeOf(plain, { signature: sign(broken), body: broken })).toBeUndefined();
  });

  test('a signature known from elsewhere is the same', () => {
    const known = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
    const text = Buffer.from('The quick brown fox jumps over the lazy dog');
    expect(codeOf({ ...plain, secrets: ['key'] }, { signature: known, body: text })).toBeUndefined();
  });

  test('takes what any of several secrets has signed', () => {
    const settings = { ...plain, secrets: ['the-older-one-of-them', secret] };
    expect(codeOf(settings, { signature: sign(body) })).toBeUndefined();
    expect(codeOf(settings, { signature: sign(body, 'the-older-one-of-them') })).toBeUndefined();
    expect(codeOf({ ...plain, secrets: [] }, { signature: sign(body) })).toBe('invalid_signature');
  });

  test.each<[string, Sent]>([
    ['no header', {}],
    ['an empty header', { signature: '' }],
    ['another secret', { signature: sign(body, 'another-secret-than-that') }],
    ['another body', { signature: sign(`${body} `) }],
    ['upper case', { signature: sign(body).toUpperCase() }],
    ['a prefix', { signature: `sha256=${sign(body)}` }],
    ['two values', { signature: `${sign(body)}, ${sign(body)}` }],
  ])('refuses %s', (_, sent) => {
    expect(codeOf(plain, sent)).toBe('invalid_signature');
  });

  test('refuses any single changed byte', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(codeOf(plain, { signature: sign(body), body: changed })).toBe('invalid_signature');
      }),
    );
  });
});

describe('with a timestamp', () => {
  const signed = (at: string) => ({ signature: sign(`${at}:${body}`), timestamp: at });

  test('takes what was signed up to five minutes ago or ahead', () => {
    for (const skew of [-300, 0, 300]) {
      expect(codeOf(timed, signed(String(Number(seconds) + skew)))).toBeUndefined();
    }
  });

  test.each<[string, Sent]>([
    ['what is six minutes old', signed(String(Number(seconds) - 301))],
    ['what is six minutes ahead', signed(String(Number(seconds) + 301))],
    ['a replay under a newer time', { ...signed(String(Number(seconds) - 600)), timestamp: seconds }],
    ['a body signed without its time', { signature: sign(body), timestamp: seconds }],
    ['no time', { signature: sign(body) }],
    ['a time that is no number', signed('1e9')],
    ['an empty time', signed('')],
  ])('refuses %s', (_, sent) => {
    expect(codeOf(timed, sent)).toBe('invalid_signature');
  });
});

test('checks nothing where no secret is configured', () => {
  expect(() => verifyHmac(body, () => undefined, { receivedAtMs })).not.toThrow();
});
