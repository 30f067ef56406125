import { randomUUID } from 'node:crypto';
import type { DeliveryAttempted } from '../../domain/events/delivery-events.ts';
import { deliveryStreamOf, incidentStreamOf } from '../../domain/ids.ts';
import type { IncidentSubject } from '../../domain/incident/protocol.ts';
import { openingTurn } from '../../domain/incident/turn.ts';
import type { LaneWriter } from '../../store/lane-writer.ts';
import { aPolicy, aReference, aSubject } from './incident-events.ts';
import { appendTo } from './view-stage.ts';

interface OpenOptions {
  readonly subject?: Partial<IncidentSubject>;
  readonly title?: string;
  readonly atMs?: number;
}

/** When the incidents of these tests open, unless said otherwise. */
export const openedMs = Date.UTC(2026, 0, 5, 9);

/** Appends the opening turn of a new incident. */
export async function openIncident(writer: LaneWriter, options: OpenOptions = {}): Promise<string> {
  const first = aReference({ incidentId: randomUUID(), title: options.title ?? 'disk is full' });
  const opening = { subject: aSubject(options.subject), first, policy: aPolicy(), references: [first] };
  const events = openingTurn(opening, options.atMs ?? openedMs);
  await appendTo(writer, incidentStreamOf(first.incidentId), -1, events);
  return first.incidentId;
}

/** The first attempt of a notification, delivered, with the stream that it belongs to. */
export function anAttempt({ key, incidentId }: { readonly key: string; readonly incidentId: string }) {
  const body: DeliveryAttempted = {
    type: 'DeliveryAttempted',
    data: {
      at: new Date(openedMs + 1_000).toISOString(),
      key,
      incidentId,
      kind: 'page',
      channel: 'ops',
      provider: 'webhook',
      round: 0,
      step: 0,
      attempt: 1,
      outcome: 'delivered',
      providerId: 'm1',
      status: 200,
      durationMs: 34,
    },
  };
  return { stream: deliveryStreamOf(key), body };
}
