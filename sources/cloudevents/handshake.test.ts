import { expect, test } from 'vitest';
import { answerHandshake } from './handshake.ts';

function ask(headers: Readonly<Record<string, string>>, perMinute?: number) {
  return answerHandshake((name) => headers[name], perMinute === undefined ? {} : { perMinute });
}

test('whoever asks may send, as fast as the source is allowed to', () => {
  const headers = { 'webhook-request-origin': 'events.example.org', 'webhook-request-rate': '120' };
  expect(ask(headers, 60)).toEqual({
    status: 200,
    headers: { 'webhook-allowed-origin': 'events.example.org', 'webhook-allowed-rate': '60' },
  });
});

test('without a limit any rate is allowed, and with a tiny one still some', () => {
  const headers = { 'webhook-request-origin': 'events.example.org' };
  expect(ask(headers).headers).toMatchObject({ 'webhook-allowed-rate': '*' });
  expect(ask(headers, 0).headers).toMatchObject({ 'webhook-allowed-rate': '1' });
});

test.each([{}, { 'webhook-request-origin': '' }, { 'webhook-request-origin': 'a b' }, { origin: 'x' }])(
  '%j does not say who asks',
  (headers) => {
    expect(() => ask(headers)).toThrow('webhook-request-origin');
  },
);
