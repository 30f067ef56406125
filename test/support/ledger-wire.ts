import type { DeliveryAttempted } from '../../domain/events/delivery-events.ts';
import type { LoggedEvent } from './recorded-log.ts';
import type { Wire, WireHit } from './wire.ts';

/** I2 and I3: everything on the wire was asked for, was recorded, and was taken once. */
export function wireFaults(
  log: readonly LoggedEvent[],
  wire: Pick<Wire, 'hits' | 'accepted'>,
  allowedExtraHits: number,
): string[] {
  const requested = new Set<string>();
  const attempts = new Map<string, DeliveryAttempted['data'][]>();
  for (const { event } of log) {
    if (event.type === 'NotificationRequested') requested.add(event.data.key);
    // a test page belongs to no incident: that it was sent says that somebody asked for it
    if (event.type === 'DeliveryAttempted' && event.data.kind === 'test') requested.add(event.data.key);
    if (event.type === 'DeliveryAttempted')
      attempts.set(event.data.key, [...(attempts.get(event.data.key) ?? []), event.data]);
  }
  const hits = byKey(wire.hits());
  const faults: string[] = [];
  let extra = 0;
  for (const [key, sent] of hits) {
    if (!requested.has(key)) faults.push(`I2: ${key} was sent and never requested`);
    const recorded = (attempts.get(key) ?? []).filter(reachedTheWire).length;
    if (recorded > sent.length) faults.push(`I2: ${key} has ${recorded} attempts and ${sent.length} hits`);
    extra += Math.max(0, sent.length - recorded);
  }
  for (const [key, recorded] of attempts) {
    if (!hits.has(key) && recorded.some(reachedTheWire))
      faults.push(`I2: ${key} was recorded and never sent`);
  }
  if (extra > allowedExtraHits)
    faults.push(`I3: ${extra} hits without a record, ${allowedExtraHits} excused`);
  for (const [key, taken] of byKey(wire.accepted())) {
    if (taken.length > 1 + Math.min(1, allowedExtraHits))
      faults.push(`I3: ${key} was taken ${taken.length} times`);
  }
  return faults;
}

/** A refused connection is an attempt that no provider saw. */
function reachedTheWire({ outcome, status }: DeliveryAttempted['data']): boolean {
  return outcome === 'delivered' || status !== undefined;
}

function byKey(hits: readonly WireHit[]): Map<string, WireHit[]> {
  return Map.groupBy(hits, ({ key }) => key);
}
