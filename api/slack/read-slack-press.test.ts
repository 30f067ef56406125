import { describe, expect, it } from 'vitest';
import { errorCodeOf } from '../../domain/errors.ts';
import { aSlackInteraction, type PressOverrides } from '../../test/support/slack-press.ts';
import { readSlackPress } from './read-slack-press.ts';

function read(interaction: unknown) {
  const payload = typeof interaction === 'string' ? interaction : JSON.stringify(interaction);
  return readSlackPress(Buffer.from(new URLSearchParams({ payload }).toString()));
}

const press = (overrides: PressOverrides) => read(aSlackInteraction(overrides));

function codeOf(form: string): string {
  try {
    readSlackPress(Buffer.from(form));
    return 'taken';
  } catch (error) {
    return errorCodeOf(error);
  }
}

describe('a press of a button', () => {
  it('says who wants what of which incident', () => {
    expect(read(aSlackInteraction())).toEqual({
      action: 'acknowledge',
      incidentId: '6f1d3c1e-0c7b-5c0e-9a55-d1a7b8e2f407',
      by: 'slack:amy',
      key: expect.stringMatching(/^slack-[0-9a-f]{40}$/),
      responseUrl: 'https://hooks.slack.com/actions/T1/2/abc',
    });
  });

  it.each([
    ['tocsin_resolve', 'resolve'],
    ['tocsin_escalate', 'escalate'],
    ['tocsin_snooze_1h', 'snooze'],
  ])('%s means %s', (actionId, action) => {
    expect(press({ actionId })).toMatchObject({ action });
  });

  it('has one key, and every other press another one', () => {
    const other: PressOverrides[] = [
      { actionId: 'tocsin_resolve' },
      { userId: 'U2BO' },
      { messageTs: '1767603600.000200' },
      { actionTs: '1767603611.000000' },
    ];
    const keys = [{}, ...other].map((overrides) => press(overrides)?.key);
    expect(new Set(keys).size).toBe(other.length + 1);
    expect(press({ username: 'renamed meanwhile' })?.key).toBe(keys[0]);
  });

  it.each([
    ['an escape sequence', '\u001b[2Jamy'],
    ['a name beyond all bounds', 'a'.repeat(200)],
  ])('is by the id of a user with %s', (_name, username) => {
    expect(press({ username })?.by).toBe('slack:U1AMY');
  });

  it.each([
    ['of another type', { ...aSlackInteraction(), type: 'view_submission' }],
    ['of another button', aSlackInteraction({ actionId: 'deploy' })],
    ['of a name that every object has', aSlackInteraction({ actionId: 'constructor' })],
  ])('%s is nothing of ours', (_name, interaction) => {
    expect(read(interaction)).toBeUndefined();
  });

  it.each([
    ['', 'invalid_request'],
    ['other=1', 'invalid_request'],
    ['payload=', 'malformed_json'],
    ['payload=%7B', 'malformed_json'],
    ['payload=null', 'invalid_payload'],
    ['payload=%5B%5D', 'invalid_payload'],
    ['payload=%7B%22type%22%3A%22block_actions%22%7D', 'invalid_payload'],
    [`payload=${encodeURIComponent('{"__proto__":{},"type":"block_actions"}')}`, 'forbidden_key'],
    [`payload=${encodeURIComponent('['.repeat(100))}`, 'too_deep'],
  ])('%s is %s', (form, code) => {
    expect(codeOf(form)).toBe(code);
  });
});
