import type { Writable } from 'node:stream';
import type { Submittable } from 'pg';

/** The part of a connection of `pg` that a COPY needs. */
interface CopyConnection {
  readonly stream: Pick<Writable, 'cork' | 'uncork'>;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * A COPY whose rows are all there before it starts. A stream would have to wait for the socket to drain, and
 * an error that arrives meanwhile finds it half-way; `pg` buffers what the socket does not take at once.
 *
 * The rows follow the statement at once, without waiting for the server to ask for them: a server that refuses the
 * statement skips them (protocol, "COPY Operations").
 *
 * Statements may follow the COPY, separated by semicolons: sent together they are one transaction.
 */
export class CopyIn implements Submittable {
  readonly done: Promise<void>;
  /** Called by us when it is over; `pg` puts its own timer's end around it. */
  callback: (error?: unknown) => void;
  readonly #text: string;
  readonly #rows: Buffer;

  constructor(text: string, rows: Buffer) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.callback = (error) => (error === undefined ? resolve() : reject(error));
    this.#text = text;
    this.#rows = rows;
  }

  submit(connection: unknown): void {
    const to = connection as CopyConnection;
    to.stream.cork();
    to.query(this.#text);
    to.sendCopyFromChunk(this.#rows);
    to.endCopyFrom();
    to.stream.uncork();
  }

  handleCopyInResponse(): void {}

  handleCommandComplete(): void {}

  /** The server answers so only after the commit. */
  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: unknown): void {
    this.callback(error ?? new Error('the copy failed'));
  }
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** PostgreSQL's text format of COPY; a field that reads `\N` or `\.` is no null and no end once it is escaped. */
export function escapeField(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '') : text;
}
