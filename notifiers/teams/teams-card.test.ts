import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { teamsMessage } from './teams-card.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kinds = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'] as const;

function cardOf(message: ReturnType<typeof teamsMessage>) {
  const [attachment] = message.attachments;
  if (attachment === undefined) throw new Error('there is no card');
  return attachment.content;
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1_000 }),
  fc.constantFrom('<at>everyone</at>', '[bank](https://evil.example)', '', ' ', '"}]}'),
  fc.string({ maxLength: 5 }).map((text) => `${text}漢😀\u202e\u0007"\\`.repeat(300)),
);

describe('teams card', () => {
  it(`holds alert text as plain runs, and stays below what Teams takes (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 5, maxLength: 5 }), fc.nat(30), (texts, count) => {
        const [title = '', name = '', value = '', summary = '', by = ''] = texts;
        const labels = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`${name}${index}`, value]),
        );
        const alert = anAlertSample({
          annotations: { summary, description: value },
          generatorUrl: `http://x/${value}`,
        });
        for (const kind of kinds) {
          const request = aNotification({
            kind,
            by,
            channel: name,
            notes: texts,
            incident: { title, labels },
            alerts: Array(20).fill(alert),
          });
          const message = teamsMessage(request);
          expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28_000);
          for (const { type, inlines } of cardOf(message).body) {
            expect(type).toBe('RichTextBlock');
            for (const { text } of inlines) {
              expect(text.trim()).not.toBe('');
              expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
            }
          }
          for (const { url } of cardOf(message).actions ?? []) expect(url).toMatch(/^https?:\/\//);
        }
      }),
      { seed, numRuns: 100 },
    );
  }, 30_000);

  it('links to where the first alert comes from, and only to addresses of the web', () => {
    const from = (generatorUrl: string) =>
      cardOf(teamsMessage(aNotification({ alerts: [anAlertSample({ generatorUrl })] }))).actions;
    expect(from('https://grafana.example/d/1')).toMatchObject([{ url: 'https://grafana.example/d/1' }]);
    expect(from('javascript:alert(1)')).toBeUndefined();
  });
});
