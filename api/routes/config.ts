import type { FastifyInstance } from 'fastify';
import type { ConfigHolder, ConfigStatus } from '../../config/config-holder.ts';
import { TocsinError } from '../../domain/errors.ts';
import { sendProblem } from '../guards/error-handler.ts';

/** The configuration of this process; another server has its own. */
export type ConfigControl = Pick<ConfigHolder, 'status' | 'reload'>;

/** What is in force, and reading it anew. Neither answer holds a configured value: only places and reasons. */
export function addConfigRoutes(scope: FastifyInstance, config: ConfigControl): void {
  scope.get('/v1/config', async () => statusOf(config.status()));
  scope.post('/v1/config/reload', async (request, reply) => {
    const result = await config.reload('request');
    if (!result.ok) {
      const { problems } = result;
      return sendProblem(new TocsinError('invalid_config'), request, reply, { problems });
    }
    const { version, hash, changed, warnings } = result;
    return { version, hash, changed, warnings };
  });
}

function statusOf({ version, hash, loadedAtMs, lastProblem }: ConfigStatus) {
  return {
    version,
    hash,
    loadedAt: new Date(loadedAtMs).toISOString(),
    lastProblem:
      lastProblem === undefined
        ? null
        : { at: new Date(lastProblem.atMs).toISOString(), problems: lastProblem.problems },
  };
}
