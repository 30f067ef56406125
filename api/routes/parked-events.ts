import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { ListedParkedEvent, ListParkedOptions } from '../../store/parked-events.ts';
import type { RetryOptions, RetryResult } from '../../store/retry-parked.ts';
import { readCommandBodies } from '../command-bodies.ts';
import { decodeParkedPlace, encodeParkedPlace } from '../parked-cursor.ts';
import { readIntegers, toAjvSchema } from '../validation.ts';

/** Events that a consumer could not use, and their way back. */
export interface ParkedEvents {
  list(options: ListParkedOptions): Promise<readonly ListedParkedEvent[]>;
  retry(options: RetryOptions): Promise<RetryResult>;
}

const name = z.string().min(1).max(256);
const filter = {
  consumer: name
    .optional()
    .describe('Who set it aside: ingest, dispatch, alert-views, incident-views, record.'),
  stream: name.optional().describe('Events of one stream only.'),
  cursor: z.string().max(limits.maxCursorLength).optional().describe('`next_cursor` of the answer before.'),
};

export const parkedListQuery = z.strictObject({
  ...filter,
  limit: z.int().min(1).max(limits.maxPageSize).default(50).describe('Items of one page.'),
});

export const retryBody = z
  .strictObject({ ...filter, all: z.boolean().optional().describe('Whatever is parked.') })
  .describe('At least one of `stream`, `consumer` and `all: true`.');

type ListFields = z.infer<typeof parkedListQuery>;
type RetryFields = z.infer<typeof retryBody>;

/** For whoever runs the deployment: parked events belong to no tenant that could be told of them. */
export function addParkedEventRoutes(scope: FastifyInstance, parked: ParkedEvents): void {
  readCommandBodies(scope);
  scope.get<{ Querystring: ListFields }>(
    '/v1/events/parked',
    { schema: { querystring: toAjvSchema(parkedListQuery) }, preValidation: readIntegers('limit') },
    async ({ query }) => {
      const items = await parked.list({ ...optionsOf(query), limit: query.limit });
      const last = items.length === query.limit ? items.at(-1) : undefined;
      return { items, next_cursor: last === undefined ? null : encodeParkedPlace(last) };
    },
  );
  scope.post(
    '/v1/events/retry',
    { schema: { body: toAjvSchema(retryBody) }, config: { isCommand: true } },
    async ({ body }) => {
      // ajv has just checked it against this very schema
      const fields = body as RetryFields;
      if (fields.all !== true && fields.stream === undefined && fields.consumer === undefined) {
        throw new TocsinError('invalid_command', { detail: 'say `stream`, `consumer` or `all: true`' });
      }
      const { retried, parked: left, last } = await parked.retry(optionsOf(fields));
      return { retried, parked: left, next_cursor: last === undefined ? null : encodeParkedPlace(last) };
    },
  );
}

function optionsOf({ consumer, stream, cursor }: Pick<RetryFields, 'consumer' | 'stream' | 'cursor'>) {
  return {
    ...(consumer !== undefined && { consumer }),
    ...(stream !== undefined && { stream }),
    ...(cursor !== undefined && { after: decodeParkedPlace(cursor) }),
  };
}
