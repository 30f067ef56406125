import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationKind } from '../../domain/events/incident-events.ts';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { telegramLink, telegramText } from './telegram-html.ts';
import { telegramMessage } from './telegram-message.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kinds: readonly NotificationKind[] = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'];

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom('<b>', '</b><script>', '<a href="tg://user?id=1">', '&lt;b&gt;', '@amy_smith', '&', '"><'),
  fc.string({ maxLength: 5 }).map((text) => `${text}<@everyone>\u202e\u0007`.repeat(200)),
);

describe('telegram message', () => {
  it(`lets no alert text act or exceed Telegram's limit (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 7, maxLength: 7 }), fc.nat(30), (texts, count) => {
        const [title = '', name = '', value = '', summary = '', description = '', by = '', note = ''] = texts;
        const labels = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`${name}${index}`, value]),
        );
        const generatorUrl = `http://x/${value}`;
        const alert = anAlertSample({ annotations: { summary, description }, generatorUrl });
        for (const kind of kinds) {
          const request = aNotification({
            kind,
            by,
            notes: [note],
            incident: { title, labels },
            alerts: Array(20).fill(alert),
          });
          const message = telegramMessage(request, 'https://tocsin.example/v1/incidents/1');
          expect(message.length).toBeLessThanOrEqual(4_096);
          const rest = message.replace(/<b>[^<>]*<\/b>|<a href="http[^"<>]*">source<\/a>/g, '');
          expect(rest).not.toMatch(/[<>]/);
          expect(message).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
          expect(message.replace(/<a href="[^"]*">/g, '')).not.toMatch(/@(?!\u2060)/);
          expect(message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
        }
      }),
      { seed, numRuns: 100 },
    );
  }, 30_000);

  it('says what a human needs', () => {
    const message = telegramMessage(
      aNotification({ notes: ['nobody is on call in payments'] }),
      'https://tocsin.example/v1/incidents/1',
    );
    for (const part of [
      '<b>PAGE critical</b>',
      '<b>disk full on db1</b>',
      'step 1, round 1',
      'cluster: eu-1',
      'only 1 % is left',
      'nobody is on call in payments',
      'ref a3f1c0dea3f1',
      '/acknowledge',
    ]) {
      expect(message).toContain(part);
    }
  });

  it.each(['resolved', 'undo'] as const)('asks nobody to act on kind %s', (kind) => {
    const message = telegramMessage(aNotification({ kind }), 'https://tocsin.example/v1/incidents/1');
    expect(message).not.toMatch(/acknowledge|firing/);
  });
});

describe('telegram text', () => {
  it('never cuts inside an entity or a pair', () => {
    expect(telegramText('a&&&', 8)).toBe('a&amp;…');
    expect(telegramText('ab😀😀', 5)).toBe('ab😀…');
    expect(telegramText('short', 20)).toBe('short');
  });

  it.each([
    'javascript:alert(1)',
    'tg://user?id=1',
    'nonsense',
    'https://u:p@x/',
    `https://x/${'y'.repeat(2_000)}`,
  ])('makes no link of %s', (url) => {
    expect(telegramLink(url, 'source')).toBeUndefined();
  });

  it('keeps a link in one piece', () => {
    expect(telegramLink('https://x/a?b=1&c="<>', 'source')).toBe(
      '<a href="https://x/a?b=1&amp;c=%22%3C%3E">source</a>',
    );
  });
});
