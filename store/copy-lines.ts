/** Lines of PostgreSQL's text format of COPY, as bytes. */
export interface CopyLines {
  /** Fields that are escaped already, see `escapeField`. */
  add(fields: readonly (string | number)[]): void;
  /** All of them; nothing is to be added any more. */
  bytes(): Buffer;
}

/**
 * Each line is joined and encoded for itself: one long text of all of them would be built as a tree first, flattened,
 * measured and then encoded, at twice the cost. `lineBytes` is what a line is expected to take.
 */
export function createCopyLines(lines: number, lineBytes = 1_024): CopyLines {
  let buffer: Buffer = Buffer.allocUnsafe(Math.max(1, lines) * lineBytes);
  let length = 0;
  return {
    add(fields) {
      const line = `${fields.join('\t')}\n`;
      // UTF-8 takes three bytes for one UTF-16 unit at most
      const needed = length + line.length * 3;
      if (needed > buffer.length) buffer = grow(buffer, length, needed);
      length += buffer.write(line, length, 'utf8');
    },
    bytes: () => buffer.subarray(0, length),
  };
}

function grow(buffer: Buffer, length: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger, 0, 0, length);
  return larger;
}
