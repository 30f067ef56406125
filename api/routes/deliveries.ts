import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { isDeliveryKey } from '../../views/delivery-list.ts';
import { deliveryStates } from '../../views/delivery-view.ts';
import { readCommandBodies } from '../command-bodies.ts';
import { readActor, readReason } from '../command-fields.ts';
import type { DeliveryDesk, Redelivered } from '../delivery-desk.ts';
import { readIncidentId } from '../incident-id.ts';
import { readIntegers, toAjvSchema } from '../validation.ts';

const by = z.string().min(1).max(limits.maxActorBytes).describe('Who does it.');
/** PostgreSQL stores no NUL, so no channel's name has one. */
const name = z
  .string()
  .max(256)
  .regex(/^[^\0]+$/);
const keyText = z.string().regex(/^[0-9a-f]{64}$/);

export const deliveryListQuery = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  incident: z.uuid().optional().describe('Of one incident.'),
  channel: name.optional().describe('To one channel, such as `ops` or `user:amy/phone`.'),
  cursor: z.string().max(limits.maxCursorLength).optional().describe('`next_cursor` of the page before.'),
  limit: z.int().min(1).max(limits.maxPageSize).default(50).describe('Items of one page.'),
});

export const redeliverOneBody = z.strictObject({ by });

export const redeliverBody = z
  .strictObject({
    by,
    keys: z.array(keyText).min(1).max(limits.maxRedelivered).optional(),
    incident: z.uuid().optional(),
    channel: name.optional(),
    cursor: keyText.optional().describe('`next_cursor` of the answer before.'),
  })
  .describe('At least one of `keys`, `incident` and `channel`; what is given must all hold.');

export const discardBody = z.strictObject({
  by,
  reason: z.string().min(1).max(limits.maxReasonBytes).describe('Why nobody needs it any more.'),
});

interface ByKey {
  readonly Params: { readonly key: string };
}

/** Notifications, and what humans do about those that were given up. */
export function addDeliveryRoutes(scope: FastifyInstance, desk: DeliveryDesk): void {
  readCommandBodies(scope);
  scope.get<{ Querystring: z.infer<typeof deliveryListQuery> }>(
    '/v1/deliveries',
    { schema: { querystring: toAjvSchema(deliveryListQuery) }, preValidation: readIntegers('limit') },
    async ({ tenant, query: { state, incident, channel, cursor, limit } }) =>
      desk.list({
        tenant,
        limit,
        ...(state !== undefined && { state }),
        ...(incident !== undefined && { incident }),
        ...(channel !== undefined && { channel }),
        ...(cursor !== undefined && { cursor }),
      }),
  );
  scope.get<ByKey>('/v1/deliveries/:key', async (request) => desk.get(addressOf(request)));
  scope.post<ByKey>('/v1/deliveries/:key/redeliver', command(redeliverOneBody), async (request, reply) => {
    const { by } = request.body as z.infer<typeof redeliverOneBody>;
    return reply.code(202).send(toAnswer(await desk.redeliver(addressOf(request), readActor(by))));
  });
  scope.post('/v1/deliveries/redeliver', command(redeliverBody), async (request, reply) => {
    const { by, keys, incident, channel, cursor } = request.body as z.infer<typeof redeliverBody>;
    if (keys === undefined && incident === undefined && channel === undefined) {
      throw new TocsinError('invalid_command', { detail: 'say `keys`, `incident` or `channel`' });
    }
    const selection = {
      tenant: request.tenant,
      ...(keys !== undefined && { keys }),
      ...(incident !== undefined && { incident: readIncidentId(incident) }),
      ...(channel !== undefined && { channel }),
      ...(cursor !== undefined && { after: cursor }),
    };
    return reply.code(202).send(toAnswer(await desk.redeliverAll(selection, readActor(by))));
  });
  scope.post<ByKey>('/v1/deliveries/:key/discard', command(discardBody), async (request) => {
    const body = request.body as z.infer<typeof discardBody>;
    const { id: requestId, traceparent } = request;
    const who = readActor(body.by);
    return desk.discard(addressOf(request), {
      by: who,
      reason: readReason(body.reason),
      metadata: { actor: who, via: 'api', requestId, traceparent },
    });
  });
}

/** ajv checks each body against this very schema before the handler casts it. */
function command(schema: z.ZodType) {
  return { schema: { body: toAjvSchema(schema) }, config: { isCommand: true } };
}

/** What cannot be a key is a delivery that does not exist. */
function addressOf({ tenant, params }: Pick<FastifyRequest<ByKey>, 'tenant' | 'params'>) {
  if (!isDeliveryKey(params.key)) throw new TocsinError('delivery_not_found');
  return { tenant, key: params.key };
}

function toAnswer({ redelivered, last }: Redelivered) {
  return { redelivered, next_cursor: last ?? null };
}
