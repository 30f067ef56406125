/** Which alerts' streams exist, as far as two bits each can tell: a Bloom filter. */
export interface StreamFilter {
  add(stream: string): void;
  /** False only for what was never added; true may be wrong, more often the fuller it is. */
  mayHold(stream: string): boolean;
}

/** Two parts of the 32 hexadecimal digits with which an alert's stream ends. */
const parts = [6, 14];

/**
 * `bits` is a power of two. An alert's name is a hash already, so its digits are as good as new ones; any other name is
 * only more often held than it should be.
 */
export function createStreamFilter(bits: number): StreamFilter {
  const words = new Uint32Array(bits / 32);
  const placeOf = (stream: string, part: number): number =>
    Number.parseInt(stream.slice(part, part + 8), 16) & (bits - 1);
  return {
    add(stream) {
      for (const part of parts) {
        const place = placeOf(stream, part);
        words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31));
      }
    },
    mayHold(stream) {
      for (const part of parts) {
        const place = placeOf(stream, part);
        if (((words[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) return false;
      }
      return true;
    },
  };
}
