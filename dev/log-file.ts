import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';

const tailBytes = 4_096;

/** The end of a log for an error message; empty where there is none. */
export function readLogTail(file: string): string {
  if (!existsSync(file)) return '';
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(handle);
  }
}

/** Keeps the log of one earlier run as `<file>.1` and leaves the place free for this one. */
export function rotateLog(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.1`);
}

export interface FollowedLog {
  /** Reads what was written since the last time, without waiting for the next. */
  read(): void;
  /** Reads what was written meanwhile, then stops. */
  close(): void;
}

export interface FollowLogOptions {
  readonly file: string;
  readonly onLine: (line: string) => void;
  /** Beyond this size the log moves to `<file>.1` and starts anew; whoever writes must append. */
  readonly maxBytes?: number;
  readonly everyMs?: number;
}

const maxLineChars = 16_384;
const readBytes = 65_536;

/**
 * Hands on the complete lines that are appended to a log. The writer has the file and not a pipe, because a broken
 * pipe would take it down together with its reader.
 */
export function followLog({
  file,
  onLine,
  maxBytes = 50_000_000,
  everyMs = 100,
}: FollowLogOptions): FollowedLog {
  let position = 0;
  let rest = '';
  const decoder = new TextDecoder();
  const read = () => {
    if (!existsSync(file)) return;
    const { size } = statSync(file);
    if (size < position) position = 0;
    position = readFrom(file, { start: position, end: size }, (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = (lines.pop() ?? '').slice(0, maxLineChars);
      for (const line of lines) onLine(line.slice(0, maxLineChars));
    });
    if (position < maxBytes) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
    position = 0;
  };
  const timer = setInterval(read, everyMs).unref();
  return {
    read,
    close: () => {
      clearInterval(timer);
      read();
    },
  };
}

function readFrom(
  file: string,
  range: { start: number; end: number },
  onChunk: (chunk: Buffer) => void,
): number {
  const handle = openSync(file, 'r');
  const buffer = Buffer.alloc(readBytes);
  let position = range.start;
  try {
    while (position < range.end) {
      const length = readSync(handle, buffer, 0, readBytes, position);
      if (length === 0) break;
      position += length;
      onChunk(buffer.subarray(0, length));
    }
    return position;
  } finally {
    closeSync(handle);
  }
}
