import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type SlackAction, slackActionOf } from '../../domain/channel/slack-action.ts';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { readBody } from '../../ingest/read-body.ts';
import { readActor } from '../command-fields.ts';

/** Somebody pressed a button of ours. */
export interface SlackPress {
  readonly action: SlackAction;
  /** As the button carries it, not looked at yet. */
  readonly incidentId: string;
  /** `slack:` and the user's name. */
  readonly by: string;
  /** The same for each delivery of the same press, and for no other press. */
  readonly key: string;
  /** Where an answer to the presser alone can be sent. A secret, and not checked yet. */
  readonly responseUrl?: string;
}

const identifier = z.string().min(1).max(64);
const interaction = z.object({ type: z.string().max(64) });
const blockActions = z.object({
  user: z.object({ id: identifier, username: z.string().optional(), name: z.string().optional() }),
  container: z.object({ message_ts: identifier, channel_id: identifier }),
  response_url: z.string().max(limits.maxUrlLength).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string().max(255),
        value: z.string().max(2_000).optional(),
        action_ts: identifier,
      }),
    )
    .min(1)
    .max(25),
});

/**
 * Reads a form with the one field `payload` (Slack, "Handling user interaction"). Undefined for interactions that are not
 * ours: of other types, and of buttons that tocsin does not make.
 *
 * @throws TocsinError of kind input
 */
export function readSlackPress(rawBody: Buffer): SlackPress | undefined {
  const payload = new URLSearchParams(rawBody.toString('utf8')).get('payload');
  if (payload === null) throw invalid('the form has no field payload');
  const body = readBody(Buffer.from(payload));
  const { type } = parsed(interaction, body);
  if (type !== 'block_actions') return undefined;
  const { user, container, actions, response_url: responseUrl } = parsed(blockActions, body);
  for (const { action_id: actionId, value = '', action_ts: at } of actions) {
    const action = slackActionOf(actionId);
    if (action === undefined) continue;
    const key = keyOf([container.channel_id, container.message_ts, actionId, user.id, at]);
    const who = { action, incidentId: value, by: actorOf(user), key };
    return { ...who, ...(responseUrl !== undefined && { responseUrl }) };
  }
  return undefined;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new TocsinError('invalid_payload', {
    path: `/${issue?.path.join('/') ?? ''}`,
    detail: 'the interaction does not have the expected shape',
  });
}

/** A name that cannot be shown gives way to the user's id, which Slack makes. */
function actorOf({ id, username, name }: z.output<typeof blockActions>['user']): string {
  try {
    return readActor(`slack:${username ?? name ?? id}`);
  } catch {
    return readActor(`slack:${id.replace(/\W/g, '_')}`);
  }
}

function keyOf(parts: readonly string[]): string {
  return `slack-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`;
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_request', { detail });
}
