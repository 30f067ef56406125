import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Door } from '../../domain/source/door.ts';
import { checkContentEncoding } from '../guards/content-encoding.ts';
import { sendProblem } from '../guards/error-handler.ts';
import { sourceKeyOf } from '../guards/source-key.ts';
import { headersOf } from '../header-lookup.ts';
import type { AlertReceiver, Caller } from '../ports.ts';
import { answerInOwnWords, sendAnswer } from './sender-answer.ts';

type Addressed = { Params: { key?: string } };

interface Entrance {
  readonly url: string;
  readonly door: Door;
  readonly bodyLimit?: number;
}

const entrances: readonly Entrance[] = [
  { url: '/v1/sources/:key', door: 'source' },
  // Prometheus' path_prefix puts the source's own address before the path that it always uses
  { url: '/v1/sources/:key/api/v2/alerts', door: 'alertmanager-api' },
  { url: '/api/v2/alerts', door: 'alertmanager-api' },
  { url: '/v2/enqueue', door: 'pagerduty', bodyLimit: limits.maxPagerdutyBodyBytes },
  { url: '/v2/change/enqueue', door: 'pagerduty-change', bodyLimit: limits.maxPagerdutyBodyBytes },
];

/** The accept path. The raw bytes go on as they came: signatures are over them, and only `ingest/` reads them. */
export function addSourceRoutes(scope: FastifyInstance, receiver: AlertReceiver): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: limits.maxBodyBytes },
    (_request, body, done) => done(null, body),
  );
  answerInOwnWords(scope, (request, error) => {
    const { door } = request.routeOptions.config;
    return door && receiver.refuse(callerOf(request, door), error);
  });
  for (const entrance of entrances) addEntrance(scope, entrance, receiver);
  addHandshake(scope, receiver);
  for (const url of ['/api/v2/status', '/v1/sources/:key/api/v2/status']) addStatus(scope, url, receiver);
}

function addEntrance(scope: FastifyInstance, entrance: Entrance, receiver: AlertReceiver): void {
  const { url, door, bodyLimit = limits.maxBodyBytes } = entrance;
  scope.post<Addressed>(
    url,
    {
      bodyLimit,
      config: { door },
      preParsing: (request, _reply, _payload, done) => {
        checkContentEncoding(request.headers);
        done();
      },
    },
    async (request, reply) => {
      const answer = await receiver.receive({
        ...callerOf(request, door),
        rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        header: headersOf(request),
        requestId: request.id,
        traceparent: request.traceparent,
      });
      if (answer.status === 422) return refuseBatch(request, reply, answer.body);
      if (answer.status >= 400) request.failure = new TocsinError('invalid_alert');
      return sendAnswer(reply, answer);
    },
  );
}

/** Of CloudEvents' webhooks; other sources have no such method. */
function addHandshake(scope: FastifyInstance, receiver: AlertReceiver): void {
  scope.options<Addressed>('/v1/sources/:key', { config: { door: 'source' } }, async (request, reply) => {
    reply.header('allow', 'POST');
    return sendAnswer(reply, receiver.handshake(callerOf(request, 'source'), headersOf(request)));
  });
}

/** Alertmanager's clients look at its version before they send. */
function addStatus(scope: FastifyInstance, url: string, receiver: AlertReceiver): void {
  const door = 'alertmanager-api';
  scope.get<Addressed>(url, { config: { door } }, async (request) =>
    receiver.describe(callerOf(request, door)),
  );
}

function callerOf(request: FastifyRequest, door: Door): Caller {
  const { key } = request.params as Addressed['Params'];
  if (door === 'source') return { door, key };
  if (door === 'alertmanager-api') return { door, key: key ?? sourceKeyOf(request.headers.authorization) };
  return { door };
}

/** None of the batch was accepted: the list of what was wrong with each goes along. */
function refuseBatch(request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply {
  const rejected = typeof body === 'object' && body !== null && 'rejected' in body ? body.rejected : [];
  return sendProblem(new TocsinError('invalid_alert'), request, reply, { rejected });
}
