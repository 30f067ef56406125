import { sha256Hex } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { isJsonObject, kindOf } from '../fields/json-object.ts';
import { invalidPayload } from '../fields/parse-each.ts';
import { type Reading, startReading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readOptionalText, readWord } from '../fields/text.ts';
import type { ParsedPayload, SourceContext, SourceFormat, SourceRequest } from '../source.ts';
import { refusePagerduty } from './refuse-pagerduty.ts';
import { type Trigger, triggeredAlert } from './triggered-alert.ts';

export interface PagerdutyOptions {
  /** Makes the `dedup_key` of a trigger that has none: it must never come twice. */
  readonly newKey: () => string;
}

/** An alert's name at PagerDuty is as long at most; what is longer is refused there too. */
const maxDedupKeyLength = 255;
const actions = ['trigger', 'acknowledge', 'resolve'] as const;

/**
 * PagerDuty's Events API v2: developer.pagerduty.com/docs/events-api-v2. A `dedup_key` names an alert, open or not;
 * repeated triggers join the open episode, and one after a `resolve` begins another.
 */
export function createPagerdutyFormat({ newKey }: PagerdutyOptions): SourceFormat {
  return {
    type: 'pagerduty',
    maxBodyBytes: limits.maxPagerdutyBodyBytes,
    parse: (request, context) => parse(request, context, newKey),
    // its clients take any other 2xx for a failure
    answer: ({ reply }) => ({
      status: 202,
      body: { status: 'success', message: 'Event processed', ...reply },
    }),
    refuse: refusePagerduty,
  };
}

function parse({ body }: SourceRequest, context: SourceContext, newKey: () => string): ParsedPayload {
  if (!isJsonObject(body)) throw invalidPayload('', `expected an object, not ${kindOf(body)}`);
  const reading = startReading(context);
  try {
    const action = readWord(body.event_action, '/event_action', { words: actions, reading });
    const dedupKey = readDedupKey(body.dedup_key, reading) ?? (action === 'trigger' ? newKey() : undefined);
    if (dedupKey === undefined) throw new RejectedField('/dedup_key', `is missing, and ${action} needs it`);
    const { tenant, source } = context;
    const identity = { tenant, source, fingerprint: fingerprintOf(dedupKey) };
    const at = new Date(context.receivedAtMs).toISOString();
    const reply = { dedup_key: dedupKey };
    if (action === 'acknowledge') return said({ kind: 'acknowledge', identity, at }, reply);
    if (action === 'resolve') return said({ kind: 'clear', identity, at }, reply);
    const trigger: Trigger = { event: body, dedupKey, identity };
    return said({ kind: 'observe', alert: triggeredAlert(trigger, reading) }, reply);
  } catch (error) {
    if (error instanceof RejectedField) throw invalidPayload(error.path, error.message);
    throw error;
  }
}

function said(
  command: ParsedPayload['commands'][number]['command'],
  reply: { readonly dedup_key: string },
): ParsedPayload {
  return { commands: [{ index: 0, command }], rejected: [], truncatedAlerts: 0, reply };
}

function readDedupKey(value: unknown, reading: Reading): string | undefined {
  const key = readOptionalText(value, '/dedup_key', reading);
  if (key === undefined || key.length <= maxDedupKeyLength) return key;
  throw new RejectedField('/dedup_key', `is longer than ${maxDedupKeyLength} characters`);
}

function fingerprintOf(dedupKey: string): string {
  return sha256Hex(dedupKey).slice(0, 16);
}
