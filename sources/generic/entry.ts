import type { JsonObject } from '../fields/json-object.ts';
import type { Reading } from '../fields/reading.ts';
import { type Found, findFirst, type Pointer } from './pointer.ts';

/** One alert of the sender's while it is read. */
export interface Entry {
  readonly value: JsonObject;
  readonly reading: Reading;
  /** Members that became a part of the alert as a whole; what is not among them is kept beside it. */
  readonly taken: Set<string>;
}

/** @throws RejectedField */
export function take({ value, reading, taken }: Entry, pointers: readonly Pointer[]): Found | undefined {
  const found = findFirst(value, pointers, reading);
  const [member, ...within] = found?.pointer.tokens ?? [];
  if (member !== undefined && within.length === 0) taken.add(member);
  return found;
}
