import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';
import type { SilenceDesk } from '../../ingest/silence-desk.ts';
import { readCommandBodies } from '../command-bodies.ts';
import {
  expireQuery,
  type SilenceBody,
  silenceBody,
  silenceRequestOf,
  silenceView,
} from '../silence-body.ts';
import { toAjvSchema } from '../validation.ts';

export interface SilenceRouteOptions {
  readonly silences: Pick<SilenceDesk, 'create' | 'edit' | 'expire' | 'get' | 'list'>;
  readonly now: () => number;
}

interface ById {
  readonly Params: { readonly id: string };
}

export function addSilenceRoutes(scope: FastifyInstance, { silences, now }: SilenceRouteOptions): void {
  readCommandBodies(scope);
  const schema = { body: toAjvSchema(silenceBody) };
  // ajv has checked each body against this very schema
  const requestOf = ({ body }: FastifyRequest) => silenceRequestOf(body as SilenceBody, now());

  scope.get('/v1/silences', async ({ tenant }) => ({
    items: silences.list(tenant).map((silence) => silenceView(silence, now())),
    next_cursor: null,
  }));
  scope.get<ById>('/v1/silences/:id', async ({ tenant, params }) =>
    silenceView(await silences.get(readSilenceId(params.id), tenant), now()),
  );
  scope.post('/v1/silences', { schema, config: { isCommand: true } }, async (request, reply) => {
    const silence = await silences.create(requestOf(request), actorOf(request));
    return reply.code(201).send(silenceView(silence, now()));
  });
  scope.put<ById>('/v1/silences/:id', { schema, config: { isCommand: true } }, async (request) => {
    const id = readSilenceId(request.params.id);
    return silenceView(await silences.edit(id, requestOf(request), actorOf(request)), now());
  });
  scope.delete<ById & { Querystring: { readonly by: string } }>(
    '/v1/silences/:id',
    { schema: { querystring: toAjvSchema(expireQuery) }, config: { isCommand: true } },
    async (request) => {
      const id = readSilenceId(request.params.id);
      return silenceView(await silences.expire(id, request.query.by, actorOf(request)), now());
    },
  );
}

function actorOf({ tenant, id: requestId, traceparent }: FastifyRequest) {
  return { tenant, metadata: { via: 'api', requestId, traceparent } };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What cannot be an id is a silence that does not exist. */
function readSilenceId(text: string): string {
  const id = text.toLowerCase();
  if (!uuid.test(id)) throw new TocsinError('silence_not_found');
  return id;
}
