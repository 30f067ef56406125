import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotificationKind } from '../../domain/events/incident-events.ts';
import { aNotification, anAlertSample } from '../../test/support/a-notification.ts';
import { readMail } from '../../test/support/read-mail.ts';
import { mailMessage } from './mail-message.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kinds: readonly NotificationKind[] = ['page', 'update', 'resolved', 'reminder', 'undo', 'test'];
const options = {
  from: 'tocsin@example.org',
  to: ['amy@example.org'],
  nowMs: Date.parse('2026-03-01T12:00:00.000Z'),
  incidentUrl: 'https://tocsin.example/v1/incidents/1',
};

async function read(request: Parameters<typeof aNotification>[0]) {
  return readMail((await mailMessage(aNotification(request), options)).toString('latin1'));
}

const headerNames = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'in-reply-to',
  'message-id',
  'mime-version',
  'references',
  'subject',
  'to',
];

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    'x\r\nBcc: evil@example.net',
    '\r\n\r\n<script>alert(1)</script>',
    '<img src="https://evil.example/x.png">',
    '"><a href="javascript:alert(1)">',
    '=?utf-8?q?hidden?=',
    '\r\n.\r\nMAIL FROM:<a@b>',
    '\u202e\u0000\ud800',
  ),
);

describe('mail', () => {
  it(`has our headers and our markup only, whatever the alert says (seed ${seed})`, async () => {
    const property = fc.asyncProperty(fc.array(hostile, { minLength: 7, maxLength: 7 }), async (texts) => {
      const [title = '', name = '', value = '', summary = '', description = '', by = '', note = ''] = texts;
      const generatorUrl = `http://x/${value}`;
      const alert = anAlertSample({ annotations: { summary, description }, generatorUrl });
      for (const kind of kinds) {
        const incident = { title, labels: { [name]: value }, id: value };
        const mail = await read({ kind, by, key: value, notes: [note], incident, alerts: [alert, alert] });
        expect(Object.keys(mail.headers).toSorted()).toEqual(headerNames);
        expect(mail.headers).toMatchObject({ to: 'amy@example.org', from: 'tocsin <tocsin@example.org>' });
        expect(mail.headers['message-id']).toMatch(/^<[\w.-]*@example\.org>$/);
        expect(mail.headers.subject).toMatch(/^\[[a-z, ]+\] /);
        expect(mail.headers.subject?.length).toBeLessThanOrEqual(200);
        const markup = mail.html.match(/<[^>]*>?/g) ?? [];
        const strange = markup.filter(
          (tag) =>
            !/^<(?:!DOCTYPE html|\/?(?:html|head|body|p|b|a)|meta charset="utf-8"|br|a href="https?:\/\/[^"<>]*")>$/.test(
              tag,
            ),
        );
        expect(strange).toEqual([]);
        expect(mail.html).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(`${mail.text}${mail.html}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
      }
    });
    await fc.assert(property, { seed, numRuns: 60 });
  }, 30_000);

  it('keeps what a title says in any script', async () => {
    const title = 'Füllstand 97 % 😀 ディスク';
    const mail = await read({ incident: { title } });
    expect(mail.headers.subject).toBe(`[critical] ${title}`);
    expect(mail.text).toContain(title);
    expect(mail.html).toContain(title);
  });

  it('shows markup as the text that it is', async () => {
    const { text, html } = await read({ incident: { title: '<b>&amp;"x"\'s' } });
    expect(text).toContain('<b>&amp;"x"\'s');
    expect(html).toContain('&lt;b&gt;&amp;amp;&quot;x&quot;&#39;s');
  });

  it('carries a line that begins with a dot', async () => {
    const raw = (await mailMessage(aNotification({ notes: ['.', '..'] }), options)).toString('latin1');
    expect(readMail(raw).text).toMatch(/\n\.\n\.\.\n/);
  });

  it('leads nowhere but where it says', async () => {
    const alerts = [anAlertSample({ generatorUrl: 'https://prometheus.example/graph?a=1&b="2"' })];
    const { html } = await read({ alerts });
    const url = 'https://prometheus.example/graph?a=1&amp;b=%222%22';
    expect(html).toContain(`<a href="${url}">${url}</a>`);
  });

  it.each(['javascript:alert(1)', 'https://u:p@x/', 'nonsense'])(
    'makes no link of %s',
    async (generatorUrl) => {
      const { html } = await read({ alerts: [anAlertSample({ generatorUrl })] });
      expect(html.match(/<a /g)).toHaveLength(1);
    },
  );
});
