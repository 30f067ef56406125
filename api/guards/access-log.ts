import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { traceIdOf } from '../../telemetry/trace-context.ts';
import { codeOfFailure } from '../problem.ts';

export interface AccessLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** One line and one measurement per request. The address itself is never written: it may hold a source's key. */
export function recordRequests(app: FastifyInstance, options: AccessLogOptions): void {
  app.addHook('onResponse', (request, reply, done) => {
    recordRequest(request, reply, options);
    done();
  });
}

export function recordRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, metrics }: AccessLogOptions,
): void {
  const route = request.routeOptions?.url ?? 'unknown';
  const method = request.server.supportedMethods.includes(request.method) ? request.method : 'OTHER';
  const status = reply.statusCode;
  metrics.httpSeconds.observe({ route, method, status: String(status) }, reply.elapsedTime / 1_000);
  const line = {
    request_id: request.id,
    trace_id: traceIdOf(request.traceparent),
    route,
    method,
    status,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...failureOf(request, status),
  };
  const config = request.routeOptions?.config;
  if (status === 500) logger.error(line, 'request failed');
  else if (config?.isProbe) logger.debug(line, 'probe answered');
  else if (status > 500) logger.warn(line, 'request not served');
  else if (status >= 400) logger.info(line, 'request refused');
  else if (config?.isCommand) logger.info(line, 'command done');
  else logger.debug(line, 'request served');
}

function failureOf({ failure }: FastifyRequest, status: number): Record<string, unknown> {
  if (failure === undefined) return {};
  const code = codeOfFailure(failure);
  // only a bug's stack is of use; the rest has a code that says it all
  return status === 500 ? { code, err: failure } : { code };
}
