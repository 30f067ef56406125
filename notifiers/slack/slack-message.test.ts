import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { type SlackMessage, slackMessage } from './slack-message.ts';
import { slackLink, slackText } from './slack-text.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** All that Slack would render of a message. */
function textsOf(message: SlackMessage): string[] {
  return [message.text, ...markdownOf(message).map(({ text }) => text)];
}

function markdownOf({ blocks }: SlackMessage) {
  return blocks.flatMap((block) => {
    if (block.type === 'actions') return [];
    return block.type === 'section' ? [block.text] : block.elements;
  });
}

function buttonsOf({ blocks }: SlackMessage): string[] {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ text }) => text.text) : [],
  );
}

const silent = { incidentUrl: undefined, hasButtons: false };
const pressable = { ...silent, hasButtons: true };
const kinds = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'] as const;

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
        for (const kind of kinds) {
          const request = aNotification({
            kind,
            by,
            channel: name,
            notes: [summary, description, ...texts],
            incident: { title, labels, id },
            alerts: Array(20).fill(alert),
          });
          const incidentUrl = 'https://tocsin.example/v1/incidents/1';
          const message = slackMessage(request, { incidentUrl, hasButtons: count % 2 === 0 });
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
    const { text } = slackMessage(aNotification({ incident: { title: '<!channel> & more' } }), silent);
    expect(text).toBe('PAGE critical: &lt;!channel&gt; &amp; more');
  });

  it('asks Slack not to look for names by itself', () => {
    const message = slackMessage(aNotification(), pressable);
    expect(message.parse).toBe('none');
    expect(markdownOf(message).every(({ verbatim }) => verbatim)).toBe(true);
  });

  it('shows five alerts and the true count', () => {
    const request = aNotification({ alerts: Array(20).fill(anAlertSample()), incident: { alertCount: 700 } });
    const message = slackMessage(request, silent);
    expect(textsOf(message).filter((text) => text.startsWith('firing: '))).toHaveLength(5);
    expect(textsOf(message)[1]).toContain('700 alerts');
  });
});

describe('buttons of a slack message', () => {
  it.each([
    ['page', 'open', ['Acknowledge', 'Resolve', 'Escalate', 'Snooze 1 h']],
    ['page', 'acknowledged', ['Resolve', 'Escalate']],
    ['update', 'open', ['Acknowledge', 'Resolve', 'Escalate', 'Snooze 1 h']],
    ['update', 'acknowledged', ['Resolve', 'Escalate']],
    ['update', 'snoozed', ['Acknowledge', 'Resolve', 'Escalate']],
    ['update', 'resolved', []],
    ['resolved', 'resolved', []],
    ['reminder', 'acknowledged', []],
    ['undo', 'open', []],
    ['test', 'open', []],
  ] as const)('of kind %s in state %s are %j', (kind, state, labels) => {
    const request = aNotification({ kind, incident: { state } });
    expect(buttonsOf(slackMessage(request, pressable))).toEqual(labels);
  });

  it('are left out where nobody would answer them, and the address for an acknowledgement stands there', () => {
    const message = slackMessage(aNotification(), {
      incidentUrl: 'https://t.example/i/1',
      hasButtons: false,
    });
    expect(buttonsOf(message)).toEqual([]);
    expect(textsOf(message).at(-1)).toContain('POST https://t.example/i/1/acknowledge');
    const pressed = slackMessage(aNotification(), { incidentUrl: 'https://t.example/i/1', hasButtons: true });
    expect(textsOf(pressed).at(-1)).not.toContain('POST');
  });

  it('carry the incident, and keep the names that old messages have', () => {
    const { blocks } = slackMessage(aNotification(), pressable);
    const row = blocks.find(({ type }) => type === 'actions');
    const pressed = row?.type === 'actions' ? row.elements : [];
    expect(pressed.map(({ action_id }) => action_id)).toEqual([
      'tocsin_acknowledge',
      'tocsin_resolve',
      'tocsin_escalate',
      'tocsin_snooze_1h',
    ]);
    expect(pressed.every(({ value }) => value === aNotification().incident.id)).toBe(true);
  });
});

it('shows what a page says besides', () => {
  const notes = ['nobody is on call in payments', '<!here>'];
  const shown = textsOf(slackMessage(aNotification({ notes }), silent)).join('|');
  expect(shown).toContain('nobody is on call in payments\n&lt;!here&gt;');
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
