import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { discordMessage } from './discord-message.ts';
import { discordLink, discordText } from './discord-text.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kinds = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'] as const;

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '@everyone',
    '<@123>',
    '<#1>',
    '[bank](https://evil.example)',
    '```',
    '||',
    '\\',
    '# big',
    '<t:1>',
  ),
  fc.string({ maxLength: 5 }).map((text) => `${text}*_~@here\u202e\u0007`.repeat(300)),
);

describe('discord message', () => {
  it(`lets no alert text act or exceed Discord's limits (seed ${seed})`, () => {
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
          const { content, embeds, allowed_mentions } = discordMessage(request);
          expect(allowed_mentions).toEqual({ parse: [] });
          const [embed] = embeds;
          const { description = '', footer = { text: '' } } = embed ?? {};
          expect(content.length).toBeLessThanOrEqual(2_000);
          expect(description.length).toBeGreaterThan(0);
          expect(description.length).toBeLessThanOrEqual(4_096);
          expect(content.length + description.length + footer.text.length).toBeLessThan(6_000);
          const unlinked = description.replace(/\[source\]\(<http[^()<>]*>\)/g, '');
          for (const text of [content.slice(2, -2), unlinked]) {
            expect(text.replace(/\\[^0-9A-Za-z\s]/g, '')).not.toMatch(/[\\*_~`|<>#[\]()@]/);
            expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  }, 30_000);

  it('shows five alerts and the true count', () => {
    const request = aNotification({ alerts: Array(20).fill(anAlertSample()), incident: { alertCount: 700 } });
    const description = discordMessage(request).embeds[0]?.description ?? '';
    expect(description.match(/^firing: /gm)).toHaveLength(5);
    expect(description).toContain('700 alerts');
  });
});

describe('discord text', () => {
  it('never cuts behind a backslash or inside a pair', () => {
    expect(discordText('ab**', 6)).toBe('ab\\*…');
    expect(discordText('ab😀😀', 5)).toBe('ab😀…');
    expect(discordText('short', 20)).toBe('short');
  });

  it('keeps a link in one piece', () => {
    expect(discordLink('https://x/a?b=(1)&c=<|>', 'source')).toBe(
      '[source](<https://x/a?b=%281%29&c=%3C|%3E>)',
    );
    expect(discordLink('javascript:alert(1)', 'source')).toBeUndefined();
  });
});
