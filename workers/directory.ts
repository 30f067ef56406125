import type { TocsinConfig } from '../config/config.ts';
import type { OverrideEvent } from '../domain/events/override-events.ts';
import { limits } from '../domain/limits.ts';
import type { ScheduleOverride } from '../domain/people/people.ts';
import { resolveStep } from '../domain/people/resolve-step.ts';
import type { StepQuestion, StepResolution } from '../domain/people/step-resolution.ts';
import { inForce } from '../domain/people/stored-override.ts';
import type { Database } from '../store/database.ts';
import { readOverrideHeads } from '../store/override-streams.ts';
import { takeTurn } from '../store/round-robin.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface PeopleDirectoryDeps {
  readonly database: Pick<Database, 'query'>;
  readonly config: () => Pick<TocsinConfig, 'users' | 'schedules' | 'timeIntervals'>;
  readonly logger: Pick<Logger, 'error'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface PeopleDirectory {
  /** Whom a step pages, by the configuration in force and the overrides. Throws `store_unavailable`. */
  resolve(question: StepQuestion): Promise<StepResolution>;
}

/** A question is about the instant at which its step was due, and may be asked later: after an outage, say. */
const longestDelayMs = 86_400_000;

/** Overrides are read when they are asked for, and believed for `limits.overridesTtlMs`. */
export function createDirectory(deps: PeopleDirectoryDeps): PeopleDirectory {
  const overridesNow = createOverrideReader(deps);
  return {
    async resolve(question) {
      const { users, schedules, timeIntervals } = deps.config();
      const asksSchedules = question.targets.some(({ kind }) => kind === 'schedule');
      const overrides = asksSchedules ? await overridesNow() : [];
      const directory = { users, schedules, timeIntervals, overrides };
      // asked once without a turn: only a choice that is really made takes one
      let key: string | undefined;
      const resolution = resolveStep(question, {
        ...directory,
        turnOf(name) {
          key = name;
          return 0;
        },
      });
      if (key === undefined) return resolution;
      const turn = await takeTurn(deps.database, key);
      return resolveStep(question, { ...directory, turnOf: () => turn });
    },
  };
}

function createOverrideReader({ database, logger, now }: PeopleDirectoryDeps) {
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<readonly ScheduleOverride[]> | undefined;
  const read = async () => {
    const heads = await readOverrideHeads(database, {
      endAfterMs: now() - longestDelayMs,
      onUndecodable: ({ stream, version, reason }) =>
        logger.error({ stream, version, reason }, 'the last event of an override could not be read'),
    });
    // the log has checked the data against the type's schema
    return inForce(heads.map(({ body }) => (body as OverrideEvent).data.override));
  };
  return (): Promise<readonly ScheduleOverride[]> => {
    if (reading !== undefined && Math.abs(now() - readAtMs) < limits.overridesTtlMs) return reading;
    readAtMs = now();
    const started = read();
    reading = started;
    started.catch(() => {
      if (reading === started) reading = undefined;
    });
    return started;
  };
}
