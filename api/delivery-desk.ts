import type { Redelivery } from '../dispatch/redeliver.ts';
import { TocsinError } from '../domain/errors.ts';
import type {
  DeliveryAttempted,
  DeliveryDiscarded,
  DeliveryEvent,
} from '../domain/events/delivery-events.ts';
import type { EventMetadata } from '../domain/events/envelope.ts';
import { deliveryStreamOf } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import type { LaneWriter } from '../store/lane-writer.ts';
import { readDiscards } from '../views/delivery-discards.ts';
import {
  type DeadLetterName,
  type DeadLetterSelection,
  type DeliveryListQuery,
  findDelivery,
  listDeliveries,
  selectDeadLetters,
} from '../views/delivery-list.ts';
import type { DeliveryView } from '../views/delivery-view.ts';
import { writeDiscard } from '../views/delivery-view-table.ts';
import type { Page } from '../views/page.ts';

export interface DeliveryDeskDeps {
  readonly database: Database;
  readonly log: Pick<EventLog, 'readStream' | 'readVersions'>;
  readonly writer: Pick<LaneWriter, 'append'>;
  redeliver(redelivery: Redelivery): Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One delivery of one tenant. */
export interface DeliveryAddress {
  readonly tenant: string;
  readonly key: string;
}

/** One attempt, with what the provider answered. */
export interface AttemptView {
  readonly at: string;
  readonly attempt: number;
  readonly outcome: DeliveryAttempted['data']['outcome'];
  readonly reason?: string;
  /** HTTP status, where there was one. */
  readonly status?: number;
  readonly providerId?: string;
  readonly durationMs: number;
}

export interface DeliveryDetail extends DeliveryView {
  readonly tries: readonly AttemptView[];
}

export interface Redelivered {
  readonly redelivered: number;
  /** Where the next part of a large selection begins. */
  readonly last?: string;
}

/** What humans do about notifications. Each throws `store_unavailable`; what asks a saga, `engine_unavailable` too. */
export interface DeliveryDesk {
  list(query: DeliveryListQuery): Promise<Page<DeliveryView>>;
  /** Throws `delivery_not_found`, for another tenant's too. */
  get(address: DeliveryAddress): Promise<DeliveryDetail>;
  /** Throws `delivery_not_found`, `delivery_not_dead` or `delivery_not_needed`. */
  redeliver(address: DeliveryAddress, by: string): Promise<Redelivered>;
  /** What is no dead letter, or is not needed any more, is left out. */
  redeliverAll(selection: DeadLetterSelection, by: string): Promise<Redelivered>;
  /** Throws `delivery_not_found`, `delivery_not_dead` or `version_conflict`. */
  discard(address: DeliveryAddress, given: DiscardRequest): Promise<DeliveryView>;
}

export interface DiscardRequest {
  readonly by: string;
  readonly reason: string;
  readonly metadata: EventMetadata;
}

/** Sagas that are asked at once by one request. */
const askedAtOnce = 8;

export function createDeliveryDesk(deps: DeliveryDeskDeps): DeliveryDesk {
  const { database, log } = deps;

  const known = async (address: DeliveryAddress): Promise<DeliveryView> => {
    const found = await findDelivery(database, address);
    if (found === undefined) throw new TocsinError('delivery_not_found');
    return found;
  };

  return {
    list: (query) => listDeliveries(database, query),
    async get(address) {
      const view = await known(address);
      const events = await log.readStream(deliveryStreamOf(address.key));
      // only notifier activities and this desk write these streams, and the store has checked each body
      return { ...view, tries: events.flatMap(({ body }) => attemptOf(body as DeliveryEvent)) };
    },
    async redeliver({ tenant, key }, by) {
      const { state } = await known({ tenant, key });
      if (state !== 'dead') throw new TocsinError('delivery_not_dead');
      const letters = await selectDeadLetters(database, { tenant, keys: [key] });
      if (letters.length === 0) throw new TocsinError('delivery_not_needed');
      return sendAgain(deps, letters, by);
    },
    async redeliverAll(selection, by) {
      return sendAgain(deps, await selectDeadLetters(database, selection), by);
    },
    async discard(address, given) {
      const { incidentId, state } = await known(address);
      if (state !== 'dead') throw new TocsinError('delivery_not_dead');
      const { key } = address;
      const { by, reason } = given;
      const at = new Date(deps.now()).toISOString();
      const body = { type: 'DeliveryDiscarded', data: { at, key, incidentId, by, reason } } as const;
      await writeDiscard(database, key, await recorded(deps, body, given.metadata));
      return known(address);
    },
  };
}

function attemptOf(event: DeliveryEvent): AttemptView[] {
  if (event.type !== 'DeliveryAttempted') return [];
  const { at, attempt, outcome, reason, status, providerId, durationMs } = event.data;
  return [
    {
      at,
      attempt,
      outcome,
      ...(reason !== undefined && { reason }),
      ...(status !== undefined && { status }),
      ...(providerId !== undefined && { providerId }),
      durationMs,
    },
  ];
}

/** A saga is asked once for all of its letters. What it was asked for already, it does not send twice. */
async function sendAgain(
  { redeliver }: DeliveryDeskDeps,
  letters: readonly DeadLetterName[],
  by: string,
): Promise<Redelivered> {
  const byIncident = [...Map.groupBy(letters, ({ incidentId }) => incidentId)];
  for (let start = 0; start < byIncident.length; start += askedAtOnce) {
    await Promise.all(
      byIncident
        .slice(start, start + askedAtOnce)
        .map(([incidentId, own]) => redeliver({ incidentId, keys: own.map(({ key }) => key), by })),
    );
  }
  const last = letters.length === limits.maxRedelivered ? letters.at(-1)?.key : undefined;
  return { redelivered: letters.length, ...(last !== undefined && { last }) };
}

/** The discard that stands: this one, or one that is recorded already though the view did not show it. */
async function recorded(
  { database, log, writer }: DeliveryDeskDeps,
  body: DeliveryDiscarded,
  metadata: EventMetadata,
) {
  const { key } = body.data;
  const stream = deliveryStreamOf(key);
  for (let attempt = 0; attempt < limits.maxDecideAttempts; attempt += 1) {
    const expectedVersion = (await log.readVersions([stream])).get(stream) ?? -1;
    const earlier = (await readDiscards(database, [key])).get(key);
    if (earlier !== undefined) return earlier;
    const { kind } = await writer.append({ stream, expectedVersion, events: [{ body, metadata }] });
    if (kind === 'appended') return body.data;
  }
  throw new TocsinError('version_conflict');
}
