import { TocsinError } from '../domain/errors.ts';
import type { EventMetadata, RecordedEvent } from '../domain/events/envelope.ts';
import type { SilenceEvent } from '../domain/events/silence-events.ts';
import { silenceStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import { decide, type SilenceCommand, type SilenceDecision } from '../domain/silence/decide.ts';
import { readAuthor, readSilenceDraft, type SilenceRequest } from '../domain/silence/draft.ts';
import { evolve } from '../domain/silence/evolve.ts';
import { initialSilenceState, type Silence, type SilenceState } from '../domain/silence/silence.ts';
import type { SilenceBook } from '../domain/silence/silence-book.ts';
import type { EventLog, UndecodableEvent } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface SilenceDeskDeps {
  readonly writer: Pick<LaneWriter, 'appendAll'>;
  readonly log: Pick<EventLog, 'readHeads'>;
  readVersions(): Promise<ReadonlyMap<string, number>>;
  readonly book: SilenceBook;
  readonly logger: Pick<Logger, 'error'>;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SilenceActor {
  readonly tenant: string;
  readonly metadata: EventMetadata;
}

/** Where silences are asked for, and where a process learns of those that others took in. */
export interface SilenceDesk {
  /** Throws `invalid_command` or `too_many_silences`. */
  create(request: SilenceRequest, actor: SilenceActor): Promise<Silence>;
  /** May answer with another silence's id, see `decide`. Throws `silence_not_found` too. */
  edit(id: string, request: SilenceRequest, actor: SilenceActor): Promise<Silence>;
  expire(id: string, by: string, actor: SilenceActor): Promise<Silence>;
  /** Throws `silence_not_found`, for another tenant's silence too. */
  get(id: string, tenant: string): Promise<Silence>;
  /** Pending and active ones. */
  list(tenant: string): readonly Silence[];
  /** Reads what other processes have changed. */
  refresh(): Promise<void>;
  /** Rises with every change that this process knows of. */
  revision(): number;
}

export function createSilenceDesk(deps: SilenceDeskDeps): SilenceDesk {
  const { book, log, now } = deps;
  const known = new Map<string, number>();
  let revision = 0;

  const take = ({ stream, version, body }: RecordedEvent): void => {
    if ((known.get(stream) ?? -1) >= version) return;
    known.set(stream, version);
    revision += 1;
    try {
      book.apply(stream, version, evolve(initialSilenceState, silenceEventOf(body)));
    } catch (error) {
      // a pattern that an older release took and this one does not: its alerts page rather than be lost
      deps.logger.error({ err: error, stream, version }, 'a silence could not be put in force');
    }
  };

  /** One that cannot be read must not keep the others, or a start, waiting; it stays in force as it was known before. */
  const leave = ({ stream, version, reason }: UndecodableEvent): void => {
    known.set(stream, version);
    deps.logger.error({ stream, version, reason }, 'the last event of a silence could not be read');
  };

  const perform = async (
    command: SilenceCommand,
    id: string | undefined,
    actor: SilenceActor,
  ): Promise<Silence> => {
    for (let attempt = 0; attempt < limits.maxDecideAttempts; attempt += 1) {
      const head = id === undefined ? noHead : await readHead(log, id);
      const nowMs = now();
      const context = {
        tenant: actor.tenant,
        nowMs,
        newId: deps.newId(),
        openSilences: book.countOpen(nowMs),
      };
      const decision = decide(command, head.state, context);
      const written = await append(deps, { decision, id, version: head.version, actor });
      if (written === undefined) continue;
      for (const event of written) take(event);
      return decision.silence;
    }
    throw new TocsinError('version_conflict');
  };

  return {
    create: (request, actor) =>
      perform({ kind: 'create', draft: readSilenceDraft(request, now()) }, undefined, actor),
    edit: (id, request, actor) =>
      perform({ kind: 'edit', draft: readSilenceDraft(request, now()) }, id, actor),
    expire: (id, by, actor) => perform({ kind: 'expire', by: readAuthor(by) }, id, actor),
    async get(id, tenant) {
      const { state } = await readHead(log, id);
      if (state.status === 'none' || state.silence.tenant !== tenant)
        throw new TocsinError('silence_not_found');
      return state.silence;
    },
    list: (tenant) => book.list(tenant, now()),
    async refresh() {
      const versions = await deps.readVersions();
      const changed = [...versions].filter(([stream, version]) => (known.get(stream) ?? -1) < version);
      for (const streams of chunksOf(changed.map(([stream]) => stream))) {
        for (const event of (await log.readHeads(streams, leave)).values()) take(event);
      }
      for (const stream of known.keys()) if (!versions.has(stream)) known.delete(stream);
      book.forgetEnded(now());
    },
    revision: () => revision,
  };
}

interface SilenceHead {
  readonly version: number;
  readonly state: SilenceState;
}

const noHead: SilenceHead = { version: -1, state: initialSilenceState };

async function readHead(log: Pick<EventLog, 'readHeads'>, id: string): Promise<SilenceHead> {
  const stream = silenceStreamOf(id);
  const head = (await log.readHeads([stream])).get(stream);
  if (head === undefined) return noHead;
  return { version: head.version, state: evolve(initialSilenceState, silenceEventOf(head.body)) };
}

interface Write {
  readonly decision: SilenceDecision;
  readonly id: string | undefined;
  readonly version: number;
  readonly actor: SilenceActor;
}

/** Undefined when somebody else changed the silence meanwhile. */
async function append(
  { writer }: SilenceDeskDeps,
  { decision, id, version, actor }: Write,
): Promise<readonly RecordedEvent[] | undefined> {
  if (decision.appends.length === 0) return [];
  const results = await writer.appendAll(
    decision.appends.map(({ silenceId, event }) => ({
      stream: silenceStreamOf(silenceId),
      expectedVersion: silenceId === id ? version : -1,
      events: [{ body: event, metadata: actor.metadata }],
    })),
  );
  if (results.some(({ kind }) => kind === 'stale')) return undefined;
  return results.flatMap((result) => (result.kind === 'appended' ? result.events : []));
}

/** Only the desk writes streams of silences, and the log has checked the data against the type's schema. */
function silenceEventOf(body: RecordedEvent['body']): SilenceEvent {
  return body as SilenceEvent;
}

function chunksOf(streams: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let at = 0; at < streams.length; at += limits.maxReadEvents) {
    chunks.push(streams.slice(at, at + limits.maxReadEvents));
  }
  return chunks;
}
