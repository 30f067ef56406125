import type { z } from 'zod';
import { deliveryListQuery, discardBody, redeliverBody, redeliverOneBody } from './routes/deliveries.ts';
import { channelTestBody, userTestBody } from './routes/test-pages.ts';

type Json = Record<string, unknown>;

export interface DeliveryPathOptions {
  readonly problem: Json;
  toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json;
  query(operationId: string, summary: string, name: 'Page', schema: z.ZodType): Json;
}

/** Notifications, dead letters and test pages, as the routes of those names serve them. */
export function deliveryPaths({ problem, toJsonSchema, query }: DeliveryPathOptions): Json {
  const answers = (name: string, status = 200): Json => ({
    [status]: {
      description: 'OK',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
    },
    default: problem,
  });
  const command = (operationId: string, summary: string, body: z.ZodType, responses: Json): Json => ({
    operationId,
    summary,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: toJsonSchema(body, 'input') } },
    },
    responses,
  });
  return {
    '/v1/deliveries': {
      get: query('listDeliveries', 'Notifications, newest first.', 'Page', deliveryListQuery),
    },
    '/v1/deliveries/{key}': {
      parameters: [pathParameter('key')],
      get: {
        operationId: 'getDelivery',
        summary: 'One notification with all of its attempts.',
        responses: answers('Delivery'),
      },
    },
    '/v1/deliveries/{key}/redeliver': {
      parameters: [pathParameter('key')],
      post: command(
        'redeliverDelivery',
        'Sends a dead letter again, under the same key.',
        redeliverOneBody,
        answers('Redelivered', 202),
      ),
    },
    '/v1/deliveries/redeliver': {
      post: command(
        'redeliverDeliveries',
        'Sends dead letters again: those named, of one incident, or to one channel.',
        redeliverBody,
        answers('Redelivered', 202),
      ),
    },
    '/v1/deliveries/{key}/discard': {
      parameters: [pathParameter('key')],
      post: command(
        'discardDelivery',
        'Says that nobody needs a dead letter any more.',
        discardBody,
        answers('Delivery'),
      ),
    },
    '/v1/channels/{name}/test': {
      parameters: [pathParameter('name')],
      post: command(
        'testChannel',
        'Sends a test page and waits for what comes of it.',
        channelTestBody,
        answers('TestPages', 202),
      ),
    },
    '/v1/users/{name}/test': {
      parameters: [pathParameter('name')],
      post: command(
        'testUser',
        "Sends a test page to each of a user's contacts.",
        userTestBody,
        answers('TestPages', 202),
      ),
    },
  };
}

function pathParameter(name: string): Json {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}
