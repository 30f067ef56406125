import { didYouMean } from '../config/did-you-mean.ts';
import { TocsinError } from '../domain/errors.ts';
import type { EventMetadata, RecordedEvent } from '../domain/events/envelope.ts';
import type { OverrideEvent } from '../domain/events/override-events.ts';
import { overrideStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import {
  createOverride,
  endOverride,
  type OverrideDecision,
  type OverrideRequest,
} from '../domain/people/override.ts';
import type { Schedule, User } from '../domain/people/people.ts';
import type { StoredOverride } from '../domain/people/stored-override.ts';
import type { EventLog, UndecodableEvent } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { OverrideQuery } from '../store/override-streams.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface OverrideDeskDeps {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly log: Pick<EventLog, 'readHeads'>;
  readHeads(query: OverrideQuery): Promise<readonly RecordedEvent[]>;
  /** Who and what is configured now. */
  people(): { readonly users: ReadonlyMap<string, User>; readonly schedules: ReadonlyMap<string, Schedule> };
  readonly logger: Pick<Logger, 'error'>;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Where overrides of schedules are asked for. What is asked for holds at once, in every process. */
export interface OverrideDesk {
  /** Throws `schedule_not_found`, `too_many_overrides` and `invalid_command`, for a user that nobody knows too. */
  create(request: OverrideRequest, metadata: EventMetadata): Promise<StoredOverride>;
  /** Throws `override_not_found` and `invalid_command`. */
  end(id: string, by: string, metadata: EventMetadata): Promise<StoredOverride>;
  /** Those that end after this instant, milliseconds since 1970. */
  list(endAfterMs: number): Promise<readonly StoredOverride[]>;
}

export function createOverrideDesk(deps: OverrideDeskDeps): OverrideDesk {
  const { log, now } = deps;

  const list: OverrideDesk['list'] = async (endAfterMs) => {
    const onUndecodable = ({ stream, version, reason }: UndecodableEvent) =>
      deps.logger.error({ stream, version, reason }, 'the last event of an override could not be read');
    return (await deps.readHeads({ endAfterMs, onUndecodable })).map(overrideOf);
  };

  /** Undefined when somebody else changed the override meanwhile. */
  const append = async (decision: OverrideDecision, version: number, metadata: EventMetadata) => {
    const { override, event } = decision;
    if (event === undefined) return override;
    const [result] = await deps.writer.appendAll([
      {
        stream: overrideStreamOf(override.id),
        expectedVersion: version,
        events: [{ body: event, metadata }],
      },
    ]);
    return result?.kind === 'stale' ? undefined : override;
  };

  return {
    list,
    async create(request, metadata) {
      checkPeople(request, deps.people());
      const openOverrides = (await list(now())).length;
      const decision = createOverride(request, { nowMs: now(), newId: deps.newId(), openOverrides });
      const created = await append(decision, -1, metadata);
      if (created === undefined) throw new TocsinError('version_conflict');
      return created;
    },
    async end(id, by, metadata) {
      const stream = overrideStreamOf(id);
      for (let attempt = 0; attempt < limits.maxDecideAttempts; attempt += 1) {
        const head = (await log.readHeads([stream])).get(stream);
        if (head === undefined) throw new TocsinError('override_not_found');
        const ended = await append(endOverride(overrideOf(head), by, now()), head.version, metadata);
        if (ended !== undefined) return ended;
      }
      throw new TocsinError('version_conflict');
    },
  };
}

function checkPeople(
  { schedule, user }: OverrideRequest,
  { users, schedules }: ReturnType<OverrideDeskDeps['people']>,
): void {
  if (!schedules.has(schedule)) throw new TocsinError('schedule_not_found');
  if (users.has(user)) return;
  const detail = `there is no user of this name${didYouMean(user, users.keys())}`;
  throw new TocsinError('invalid_command', { path: '/user', detail });
}

/** Only the desk writes streams of overrides, and the log has checked the data against the type's schema. */
function overrideOf({ body }: RecordedEvent): StoredOverride {
  return (body as OverrideEvent).data.override;
}
