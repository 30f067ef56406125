import type { Client, Submittable } from 'pg';
import { type AppendBatch, type BatchEntry, inStreamOrder } from './append-batch.ts';

const columns =
  'lane, position, stream_id, version, type, schema_version, event_id, hlc, data, metadata, recorded_at';

/**
 * Writes a batch by COPY, one statement and so one commit. The unique index on (stream, version) refuses the
 * whole batch with SQLSTATE 23505 when another writer was faster in any of its streams.
 */
export function copyAppend(client: Client, batch: AppendBatch): Promise<void> {
  const rows = Buffer.from(copyText(batch));
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(`COPY events (${columns}) FROM STDIN`, rows, { resolve, reject }));
  });
}

interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A COPY whose rows are all there before it starts. A stream would have to wait for the socket to drain, and
 * an error that arrives meanwhile finds it half-way; `pg` buffers what the socket does not take at once.
 */
class CopyIn implements Submittable {
  readonly #text: string;
  readonly #rows: Buffer;
  readonly #done: { resolve(): void; reject(error: unknown): void };

  constructor(text: string, rows: Buffer, done: { resolve(): void; reject(error: unknown): void }) {
    this.#text = text;
    this.#rows = rows;
    this.#done = done;
  }

  submit(connection: unknown): void {
    (connection as CopyConnection).query(this.#text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#rows);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}

  /** The server answers so only after the commit. */
  handleReadyForQuery(): void {
    this.#done.resolve();
  }

  handleError(error: unknown): void {
    this.#done.reject(error);
  }
}

export function copyText({ lane, entries }: Pick<AppendBatch, 'lane' | 'entries'>): string {
  return inStreamOrder(entries)
    .map((entry) => entryText(lane, entry))
    .join('');
}

function entryText(lane: number, { pending, events }: BatchEntry): string {
  let text = '';
  for (const [index, serialised] of pending.events.entries()) {
    const event = events[index];
    if (event === undefined) throw new Error('an event was not recorded');
    const fields = [
      lane,
      event.position,
      escapeField(event.stream),
      event.version,
      escapeField(event.body.type),
      serialised.schemaVersion,
      event.eventId,
      event.hlc,
      escapeField(serialised.data),
      escapeField(serialised.metadataText),
      event.recordedAt,
    ];
    text += `${fields.join('\t')}\n`;
  }
  return text;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** PostgreSQL's text format of COPY; a field that reads `\N` or `\.` is no null and no end once it is escaped. */
export function escapeField(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '') : text;
}
