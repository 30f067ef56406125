import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorCodeOf } from '../../domain/errors.ts';
import { signedForm } from '../../test/support/slack-press.ts';
import { verifySlackSignature } from './verify-slack-signature.ts';

const secret = 'signing_secret_0123456789abcdef';
const nowMs = Date.parse('2026-01-05T09:00:00.000Z');
const body = 'payload=%7B%7D';
const signed = signedForm(body, { secret, nowMs });

interface Sent {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly secrets?: readonly string[];
  readonly nowMs?: number;
}

function codeOf(sent: Sent = {}): string | undefined {
  const headers = new Map(Object.entries({ ...signed.headers, ...sent.headers }));
  const signing = { secrets: sent.secrets ?? [secret], nowMs: sent.nowMs ?? nowMs };
  try {
    verifySlackSignature(Buffer.from(sent.body ?? body), (name) => headers.get(name), signing);
    return undefined;
  } catch (error) {
    return errorCodeOf(error);
  }
}

describe("a signature of Slack's", () => {
  it('is taken as the example of its documentation has it', () => {
    const example = [
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V',
      '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=',
      '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN',
      '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    ].join('');
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const secrets = ['8f742231b10e8888abcd99yyyzzz85a5'];
    expect(codeOf({ body: example, headers, secrets, nowMs: 1_531_420_618_000 })).toBeUndefined();
  });

  it('may be of any configured app', () => {
    expect(codeOf({ secrets: ['another-secret-of-slack', secret, 'and-yet-another-one'] })).toBeUndefined();
    expect(codeOf({ secrets: ['another-secret-of-slack'] })).toBe('invalid_signature');
    expect(codeOf({ secrets: [] })).toBe('invalid_signature');
  });

  it.each([-300_000, 0, 300_000])('is taken %s ms away', (skewMs) => {
    expect(codeOf({ nowMs: nowMs + skewMs })).toBeUndefined();
  });

  it.each([-301_000, 301_000, -86_400_000])('is refused %s ms away', (skewMs) => {
    expect(codeOf({ nowMs: nowMs + skewMs })).toBe('invalid_signature');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['no signature', { 'x-slack-signature': undefined }],
    ['no time', { 'x-slack-request-timestamp': undefined }],
    ['an empty signature', { 'x-slack-signature': 'v0=' }],
    ['another version', { 'x-slack-signature': signed.headers['x-slack-signature']?.replace('v0', 'v1') }],
    ['upper case', { 'x-slack-signature': signed.headers['x-slack-signature']?.toUpperCase() }],
    ['a digest that is cut', { 'x-slack-signature': signed.headers['x-slack-signature']?.slice(0, -2) }],
    ['a replay under another time', { 'x-slack-request-timestamp': String(nowMs / 1_000 + 1) }],
    ['a time that is no number', { 'x-slack-request-timestamp': '1e9' }],
    ['an absurd time', { 'x-slack-request-timestamp': '9'.repeat(20) }],
  ])('is refused with %s', (_name, headers) => {
    expect(codeOf({ headers })).toBe('invalid_signature');
  });

  it('is refused for any other body', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(codeOf({ body: changed })).toBe('invalid_signature');
      }),
    );
  });
});
