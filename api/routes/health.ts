import type { FastifyInstance } from 'fastify';
import type { Readiness, ReadinessReport } from '../ports.ts';

/** `/healthz`: the process answers at all. `/readyz`: send it work. Neither needs a token. */
export function addHealthRoutes(
  scope: FastifyInstance,
  options: { readonly readiness: Readiness; readonly isDraining: () => boolean },
): void {
  scope.get('/healthz', async () => ({ alive: true }));
  scope.get('/readyz', { config: { isProbe: true } }, async (_request, reply) => {
    const report = await options.readiness.check();
    const shown = options.isDraining() ? drained(report) : report;
    return reply.code(shown.ready ? 200 : 503).send(shown);
  });
}

function drained(report: ReadinessReport): ReadinessReport {
  return { ...report, ready: false, degraded: [...report.degraded, 'draining'] };
}
