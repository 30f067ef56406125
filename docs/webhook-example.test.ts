import { expect, test } from 'vitest';
import { createWebhookSigner } from '../notifiers/webhook/standard-webhooks.ts';
import { codeBlocksOf, readPage } from './markdown-pages.ts';

type Verify = (headers: Record<string, string>, rawBody: string, secret: string) => boolean;

async function loadExample(): Promise<Verify> {
  const path = 'docs/how-to/webhook.md';
  const [block] = codeBlocksOf({ path, text: readPage(path) }).filter(({ language }) => language === 'js');
  const module: unknown = await import(
    `data:text/javascript;base64,${Buffer.from(block?.code ?? '').toString('base64')}`
  );
  return (module as { isFromTocsin: Verify }).isFromTocsin;
}

test.each(['whsec_c2l4dGVlbiBieXRlcyBvciBtb3Jl', 'plain text of sixteen or more'])(
  'the receiver in how-to/webhook.md believes what is signed with %s, and nothing else',
  async (secret) => {
    const isFromTocsin = await loadExample();
    const body = '{"type":"incident.page"}';
    const timestampSeconds = Math.floor(Date.now() / 1_000);
    const sign = createWebhookSigner(['another secret of sixteen', secret]);
    const headers = sign({ id: 'key', timestampSeconds, body });
    expect(isFromTocsin(headers, body, secret)).toBe(true);
    expect(isFromTocsin(headers, `${body} `, secret)).toBe(false);
    expect(isFromTocsin({ ...headers, 'webhook-id': 'other' }, body, secret)).toBe(false);
    const old = sign({ id: 'key', timestampSeconds: timestampSeconds - 600, body });
    expect(isFromTocsin(old, body, secret)).toBe(false);
  },
);
