/** Turns the data of one version of an event type into that of the next; pure, and never wrong about old data. */
export type Upcaster = (data: unknown) => unknown;

/** By event type, then by the version that it starts from: the current version is one above the last of them. */
export type Upcasters = ReadonlyMap<string, ReadonlyMap<number, Upcaster>>;

/** No event type has a second version yet. The first one that gets it adds its step here. */
export const upcasters: Upcasters = new Map();

/** The version that new events of a type are written in. */
export function currentSchemaVersion(type: string, known: Upcasters = upcasters): number {
  return Math.max(0, ...(known.get(type)?.keys() ?? [])) + 1;
}
