import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { readSilenceDraft, type SilenceRequest } from './draft.ts';

const nowMs = Date.parse('2026-01-05T09:00:00.000Z');
const request = (overrides: Partial<SilenceRequest> = {}): SilenceRequest => ({
  matchers: ['team="db"'],
  endsAt: '2026-01-05T10:00:00Z',
  by: 'amy',
  comment: 'disk swap',
  ...overrides,
});

test('reads instants of any zone, trims author and comment, and keeps matchers as their parts', () => {
  const draft = readSilenceDraft(
    request({
      matchers: ['team=~"db|web"', 'env!="test"'],
      startsAt: '2026-01-05T11:30:00+02:00',
      by: ' amy ',
      comment: ' disk\nswap\0 ',
    }),
    nowMs,
  );
  expect(draft).toEqual({
    matchers: [
      { name: 'team', operator: '=~', value: 'db|web' },
      { name: 'env', operator: '!=', value: 'test' },
    ],
    startsAtMs: Date.parse('2026-01-05T09:30:00Z'),
    endsAtMs: Date.parse('2026-01-05T10:00:00Z'),
    by: 'amy',
    comment: 'disk\nswap\ufffd',
  });
});

test.each<[Partial<SilenceRequest>, string]>([
  [{ matchers: [] }, '/matchers'],
  // Alertmanager: "at least one matcher must not match the empty string"
  [{ matchers: ['team=""'] }, '/matchers'],
  [{ matchers: ['team=~".*"', 'env!="prod"'] }, '/matchers'],
  [{ matchers: ['team="db"', 'env=~"["'] }, '/matchers/1'],
  [{ matchers: ['team'] }, '/matchers/0'],
  [{ matchers: ['team="d\0b"'] }, '/matchers/0'],
  [{ matchers: ['team="d\ud800b"'] }, '/matchers/0'],
  [{ matchers: Array.from({ length: limits.maxLabels + 1 }, () => 'a="b"') }, '/matchers'],
  [{ startsAt: '2026-01-05' }, '/startsAt'],
  [{ startsAt: '2026-01-05T09:00:00' }, '/startsAt'],
  [{ startsAt: '2026-01-05T10:00:00Z' }, '/endsAt'],
  [{ endsAt: 'tomorrow' }, '/endsAt'],
  [{ endsAt: '2026-13-05T09:00:00Z' }, '/endsAt'],
  [{ endsAt: '2026-01-05T09:00:00Z' }, '/endsAt'],
  [{ endsAt: '2027-02-05T09:00:00Z' }, '/endsAt'],
  [{ by: '  ' }, '/by'],
  [{ by: 'a\u001b[2J' }, '/by'],
  [{ by: 'a'.repeat(limits.maxActorBytes + 1) }, '/by'],
  [{ comment: '\n' }, '/comment'],
  [{ comment: 'é'.repeat(limits.maxNoteBytes / 2 + 1) }, '/comment'],
])('refuses %j at %s', (overrides, path) => {
  expect(() => readSilenceDraft(request(overrides), nowMs)).toThrow(
    expect.objectContaining({ code: 'invalid_command', path }),
  );
});

test('takes a silence with one matcher that demands something beside others that do not', () => {
  expect(() => readSilenceDraft(request({ matchers: ['team="db"', 'env=""'] }), nowMs)).not.toThrow();
});
