import { TocsinError } from '../domain/errors.ts';
import type { EventBody, EventMetadata, NewEvent, RecordedEvent } from '../domain/events/envelope.ts';
import { currentSchemaVersion } from '../domain/events/upcasters.ts';
import { limits } from '../domain/limits.ts';
import { type StorableJson, storableJson } from './storable-json.ts';

/** Events that go into one stream together or not at all. */
export interface AppendRequest {
  readonly stream: string;
  /** The version that the stream's last event must have; -1 for a new stream. */
  readonly expectedVersion: number;
  readonly events: readonly NewEvent[];
}

export type AppendResult =
  | { readonly kind: 'appended'; readonly events: readonly RecordedEvent[] }
  /** Somebody else wrote to the stream first: read it again and decide again. */
  | { readonly kind: 'stale' };

/** An event with its JSON, made once however often it is sent. */
export interface SerialisedEvent {
  readonly body: EventBody;
  readonly metadata: EventMetadata;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadataText: string;
}

/** A request on its way: it is settled exactly once, by a result or by an error. */
export interface PendingAppend {
  readonly stream: string;
  readonly expectedVersion: number;
  readonly events: readonly SerialisedEvent[];
  readonly bytes: number;
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number;
  /** The request of the same call that this one builds on: without its events this one is stale. */
  readonly after: PendingAppend | undefined;
  isSettled(): boolean;
  isAppended(): boolean;
  settle(result: AppendResult): void;
  fail(error: TocsinError): void;
}

/** Who hears how the requests of one call ended, each at most once. */
export interface AppendListener {
  settled(index: number, result: AppendResult): void;
  failed(error: TocsinError): void;
}

const nobody: AppendListener = { settled() {}, failed() {} };

const name = /^[\x21-\x7e]{1,256}$/;

/** The requests of one call. Throws for what no retry can put right; nothing was queued then. */
export function createPendingAppends(
  requests: readonly AppendRequest[],
  deadlineMs: number,
  listener: AppendListener = nobody,
): readonly PendingAppend[] {
  const lastOf = new Map<string, PendingAppend>();
  const metadata: StoredMetadata = new Map();
  return requests.map((request, index) => {
    assertValid(request);
    const events = request.events.map((event) => serialise(event, metadata));
    const after = lastOf.get(request.stream);
    const pending = createPendingAppend(request, { events, deadlineMs, after, index, listener });
    lastOf.set(request.stream, pending);
    return pending;
  });
}

interface PendingAppendOptions extends Pick<PendingAppend, 'events' | 'deadlineMs' | 'after'> {
  /** Its place in the call. */
  readonly index: number;
  readonly listener: AppendListener;
}

function createPendingAppend(
  { stream, expectedVersion }: AppendRequest,
  { events, deadlineMs, after, index, listener }: PendingAppendOptions,
): PendingAppend {
  let state: 'open' | 'appended' | 'not_appended' = 'open';
  return {
    stream,
    expectedVersion,
    events,
    bytes: events.reduce((sum, event) => sum + event.data.length + event.metadataText.length, 0),
    deadlineMs,
    after,
    isSettled: () => state !== 'open',
    isAppended: () => state === 'appended',
    settle(result) {
      if (state !== 'open') return;
      state = result.kind === 'appended' ? 'appended' : 'not_appended';
      listener.settled(index, result);
    },
    fail(error) {
      if (state !== 'open') return;
      state = 'not_appended';
      listener.failed(error);
    },
  };
}

function assertValid({ stream, expectedVersion, events }: AppendRequest): void {
  if (!name.test(stream)) throw invalid('the stream has no usable name');
  if (!Number.isInteger(expectedVersion) || expectedVersion < -1) throw invalid('not a version');
  if (events.length === 0) throw invalid('an append has no events');
  if (events.length > limits.maxBatchEvents) throw invalid('an append has more events than a commit may');
  if (!events.every(({ body }) => name.test(body.type))) throw invalid('an event has no usable type');
}

function invalid(detail: string): TocsinError {
  return new TocsinError('internal', { detail });
}

/** The events of one sender's request share their metadata: its JSON is made once for each call. */
type StoredMetadata = Map<EventMetadata, StorableJson>;

function storableMetadata(metadata: EventMetadata, known: StoredMetadata): StorableJson {
  const before = known.get(metadata);
  if (before !== undefined) return before;
  const stored = storableJson(metadata);
  known.set(metadata, stored);
  return stored;
}

function serialise({ body, metadata }: NewEvent, known: StoredMetadata): SerialisedEvent {
  const data = storableJson(body.data);
  const storedMetadata = storableMetadata(metadata, known);
  return {
    // Who hears of an event from memory must see what a reader of the log sees.
    body: data.isReplaced ? { type: body.type, data: JSON.parse(data.text) as object } : body,
    metadata: storedMetadata.isReplaced ? (JSON.parse(storedMetadata.text) as EventMetadata) : metadata,
    schemaVersion: currentSchemaVersion(body.type),
    data: data.text,
    metadataText: storedMetadata.text,
  };
}
