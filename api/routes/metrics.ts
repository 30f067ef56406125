import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../telemetry/metrics.ts';

/** Prometheus' text format, of this process alone. */
export function addMetricsRoute(scope: FastifyInstance, { registry }: Pick<Metrics, 'registry'>): void {
  scope.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
}
