/** Ends an exhaustive `switch`: reaching it is a bug, and a compile error first. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
