import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { slackMessage } from './slack-message.ts';
import { slackLink, slackText } from './slack-text.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** All that Slack would render of a message. */
function textsOf(message: ReturnType<typeof slackMessage>): string[] {
  const blocks = message.blocks.flatMap((block) =>
    block.type === 'section' ? [block.text.text] : block.elements.map(({ text }) => text),
  );
  return [message.text, ...blocks];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '<!channel>',
    '<!here|x>',
    '<@U012>',
    '<https://evil.example|bank>',
    '&lt;!channel&gt;',
    '<',
  ),
  fc.string({ maxLength: 5 }).map((text) => `${text}<!everyone>\u202e\u0007`.repeat(200)),
);

describe('slack message', () => {
  it(`lets no alert text act or exceed Slack's limits (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), fc.nat(30), (texts, count) => {
        const [
          title = '',
          name = '',
          value = '',
          summary = '',
          description = '',
          by = '',
          url = '',
          id = '',
        ] = texts;
        const labels = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`${name}${index}`, value]),
        );
        const alert = anAlertSample({
          annotations: { summary, description },
          generatorUrl: `http://x/${url}`,
        });
        for (const kind of ['page', 'update', 'resolved'] as const) {
          const request = aNotification({
            kind,
            by,
            incident: { title, labels, id },
            alerts: Array(20).fill(alert),
          });
          const message = slackMessage(request, 'https://tocsin.example/v1/incidents/1');
          expect(message.blocks.length).toBeLessThanOrEqual(50);
          for (const text of textsOf(message)) {
            expect(text.length).toBeGreaterThan(0);
            expect(text.length).toBeLessThanOrEqual(3_000);
            expect(text).not.toMatch(/<[!@#]/);
            expect(text.replace(/<http[^<>|]*\|source>/g, '')).not.toMatch(/[<>]/);
            expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
            expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  }, 30_000);

  it('escapes a mention in a title', () => {
    const { text } = slackMessage(aNotification({ incident: { title: '<!channel> & more' } }), undefined);
    expect(text).toBe('PAGE critical: &lt;!channel&gt; &amp; more');
  });

  it('asks Slack not to look for names by itself', () => {
    const message = slackMessage(aNotification(), undefined);
    expect(message.parse).toBe('none');
    const texts = message.blocks.flatMap((block) =>
      block.type === 'section' ? [block.text] : block.elements,
    );
    expect(texts.every(({ verbatim }) => verbatim)).toBe(true);
  });

  it('shows five alerts and the true count', () => {
    const request = aNotification({ alerts: Array(20).fill(anAlertSample()), incident: { alertCount: 700 } });
    const message = slackMessage(request, undefined);
    expect(textsOf(message).filter((text) => text.startsWith('firing: '))).toHaveLength(5);
    expect(textsOf(message)[1]).toContain('700 alerts');
  });
});

describe('slack text', () => {
  it('never cuts inside an entity or a pair', () => {
    expect(slackText('a&&&', 8)).toBe('a&amp;…');
    expect(slackText('ab😀😀', 5)).toBe('ab😀…');
    expect(slackText('short', 20)).toBe('short');
  });

  it.each([
    'javascript:alert(1)',
    'ftp://x/',
    'nonsense',
    'https://u:p@x/',
    `https://x/${'y'.repeat(3_000)}`,
  ])('makes no link of %s', (url) => {
    expect(slackLink(url, 'source')).toBeUndefined();
  });

  it('keeps a link in one piece', () => {
    expect(slackLink('https://x/a?b=1&c=<|>', 'source')).toBe('<https://x/a?b=1&amp;c=%3C%7C%3E|source>');
  });
});
