import type { TocsinConfig } from '../config/config.ts';
import type { Look } from '../dispatch/clock.ts';
import { expiryLook } from '../dispatch/expiry-look.ts';
import { type IncidentLookDeps, incidentLooks } from '../dispatch/incident-looks.ts';
import { quietLooks } from '../dispatch/quiet-looks.ts';
import type { Redelivery } from '../dispatch/redeliver.ts';
import { redeliveryLook } from '../dispatch/redelivery-look.ts';
import { returnLook } from '../dispatch/return-look.ts';
import type { AlertCommand } from '../domain/alert/command.ts';
import { limits } from '../domain/limits.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import type { Acceptor } from '../ingest/acceptor.ts';
import { judgeOf } from '../ingest/decide-context.ts';
import { readCheckpoint } from '../store/checkpoints.ts';
import { consumers as consumerNames } from '../store/consumers.ts';
import type { Database } from '../store/database.ts';
import { findAbandoned, findUnattended, listOpenIncidents } from '../views/clock-queries.ts';
import { findWaitingDeadLetters } from '../views/dead-letters.ts';
import { settleDiscards } from '../views/delivery-view-table.ts';
import { findDue, findExpired, listCounted, listQuiet } from '../views/quiet-alerts.ts';
import { findReturning } from '../views/returning-alerts.ts';

export interface ClockLooksDeps extends Omit<IncidentLookDeps, 'views' | 'checkpointOf'> {
  readonly database: Database;
  readonly config: () => TocsinConfig;
  readonly world: QuietWorld;
  readonly acceptor: Pick<Acceptor, 'accept'>;
  /** Of everything that may begin or end quiet. */
  readonly quietRevision: () => string;
  redeliver(redelivery: Redelivery): Promise<void>;
}

/** What changed more recently is still on its ordinary way. */
const olderThanMs = 5_000;

/** All that the holder of the clock looks at. What pages somebody comes first. */
export function clockLooks(deps: ClockLooksDeps): readonly Look[] {
  const { database, config, world, now } = deps;
  const decide = createDecide(deps);
  return [
    ...quietLooks({
      findDue: (nowMs, limit) => findDue({ database, nowMs, limit }),
      listQuiet: (after, limit) => listQuiet({ database, after, limit }),
      listCounted: (after, limit) => listCounted({ database, after, limit }),
      judge: () => judgeOf(config(), world),
      revision: deps.quietRevision,
      canQuiet: () => canQuiet(config(), world),
      decide,
      now,
    }),
    expiryLook({ findExpired: (search) => findExpired({ database, ...search }), decide, now }),
    returnLook({ findReturning: (search) => findReturning({ database, ...search }), decide, now }),
    redeliveryLook({
      findWaiting: (limit) =>
        findWaitingDeadLetters({
          database,
          holding: holdingChannels(config()),
          sinceMs: now() - limits.maxProbedMs,
          perChannel: limits.maxRedeliveredPerLook,
          limit,
        }),
      findDiscarded: (keys) => settleDiscards(database, keys),
      redeliver: (incidentId, keys) => deps.redeliver({ incidentId, keys, by: 'tocsin' }),
      logger: deps.logger,
      now,
    }),
    ...incidentLooks({
      ...deps,
      checkpointOf: (lane) => readCheckpoint(database, { consumer: consumerNames.dispatch, lane }),
      views: {
        findUnattended: (limit) => findUnattended({ database, now: now(), olderThanMs, limit }),
        findAbandoned: (limit) => findAbandoned({ database, now: now(), olderThanMs, limit }),
        listOpen: (cursor, limit) =>
          listOpenIncidents({ database, limit, ...(cursor !== undefined && { cursor }) }),
      },
    }),
  ];
}

function holdingChannels({ channels }: TocsinConfig): string[] {
  return [...channels].filter(([, { onUnknown }]) => onUnknown === 'hold').map(([name]) => name);
}

/** What flaps is told by its record, which an alert that counts has none of. */
function canQuiet({ quiet, router, sources }: TocsinConfig, { silences }: QuietWorld): boolean {
  return (
    silences.size > 0 ||
    quiet.inhibit.length > 0 ||
    quiet.suppress.length > 0 ||
    router.routes.some(({ mute, active }) => mute.length > 0 || active.length > 0) ||
    sources.some(({ heartbeat }) => heartbeat !== undefined)
  );
}

/** The clock's commands go the way of all others, in pieces that leave room for them. */
function createDecide({ acceptor, config }: ClockLooksDeps) {
  return async (commands: readonly AlertCommand[]): Promise<void> => {
    for (let at = 0; at < commands.length; at += limits.maxAlertsPerRequest) {
      const piece = commands.slice(at, at + limits.maxAlertsPerRequest);
      await acceptor.accept({
        commands: piece.map((command, index) => ({ index, command })),
        config: config(),
        metadata: { actor: 'clock', via: 'clock' },
      });
    }
  };
}
