import { slackEventType } from './slack-message.ts';

/** Calls one of Slack's reading methods; undefined when it gave no answer of use, for whatever reason. */
export type SlackReader = (
  method: 'conversations.history' | 'conversations.replies',
  fields: Readonly<Record<string, string>>,
) => Promise<unknown>;

export interface HistoryQuestion {
  readonly channel: string;
  /** Among the answers to this message. */
  readonly threadTs?: string;
  /** Epoch milliseconds: what is older is not looked at. */
  readonly sinceMs: number;
  /** By the message's metadata; the fields are whatever somebody wrote there. */
  readonly isIt: (payload: Readonly<Record<string, unknown>>) => boolean;
}

/** Messages of one answer, and answers of one search: 200 messages are more than a busy channel has in the hour. */
const pageSize = 50;
const maxPages = 4;

export type HistoryAnswer =
  | { readonly kind: 'found'; readonly ts: string }
  | { readonly kind: 'absent' }
  /** Nobody can say: without the right to read the channel, while Slack limits us, beyond the bounds. */
  | { readonly kind: 'unreadable' };

/** Looks for one of our messages, newest first. */
export async function findMessage(read: SlackReader, question: HistoryQuestion): Promise<HistoryAnswer> {
  const { channel, threadTs, sinceMs, isIt } = question;
  let cursor = '';
  for (let page = 0; page < maxPages; page += 1) {
    const answer = parseHistory(
      await read(threadTs === undefined ? 'conversations.history' : 'conversations.replies', {
        channel,
        ...(threadTs !== undefined && { ts: threadTs }),
        oldest: (sinceMs / 1_000).toFixed(6),
        limit: String(pageSize),
        include_all_metadata: 'true',
        ...(cursor !== '' && { cursor }),
      }),
    );
    const found = answer?.messages.find(({ payload }) => isIt(payload));
    if (found !== undefined) return { kind: 'found', ts: found.ts };
    if (answer === undefined) return { kind: 'unreadable' };
    if (answer.cursor === '') return { kind: 'absent' };
    cursor = answer.cursor;
  }
  return { kind: 'unreadable' };
}

interface History {
  readonly messages: readonly { readonly ts: string; readonly payload: Readonly<Record<string, unknown>> }[];
  /** Of the next page; empty when this was the last. */
  readonly cursor: string;
}

function parseHistory(body: unknown): History | undefined {
  const { ok, messages, response_metadata: next } = fieldsOf(body);
  if (ok !== true || !Array.isArray(messages)) return undefined;
  const cursor = fieldsOf(next).next_cursor;
  return { messages: messages.flatMap(ourMessage), cursor: typeof cursor === 'string' ? cursor : '' };
}

function ourMessage(message: unknown): History['messages'] {
  const { ts, metadata } = fieldsOf(message);
  const { event_type: type, event_payload: payload } = fieldsOf(metadata);
  if (type !== slackEventType || typeof ts !== 'string' || !/^\d{1,16}\.\d{1,10}$/.test(ts)) return [];
  return [{ ts, payload: fieldsOf(payload) }];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
