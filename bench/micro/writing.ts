import { createHlc } from '../../domain/hlc.ts';
import { prepareBatch } from '../../store/append-batch.ts';
import { copyRows } from '../../store/copy-append.ts';
import { createPendingAppends } from '../../store/pending-append.ts';
import { copyRowsOf } from '../../views/alert-view-columns.ts';
import { foldAlerts } from '../../views/alert-view-row.ts';
import { manyAlerts, planAll } from './deciding.ts';
import { type MicroBench, runFor } from './run-for.ts';

function requests() {
  return planAll(manyAlerts()).map(({ stream, plan }) => ({
    stream,
    expectedVersion: -1,
    events: plan.events,
  }));
}

function prepare(pendings: ReturnType<typeof createPendingAppends>) {
  return prepareBatch(pendings, { lane: 1, firstPosition: 0, hlc: createHlc(Date.now), nowMs: Date.now() });
}

/** What a commit of a thousand events costs before the database sees it, and their views after it. */
export const writingBenches: readonly MicroBench[] = [
  {
    name: 'append: event to JSON',
    run(seconds) {
      const all = requests();
      return runFor(seconds, () => createPendingAppends(all, 0).length);
    },
  },
  {
    name: 'append: positions, clock, ids',
    run(seconds) {
      const pendings = createPendingAppends(requests(), 0);
      return runFor(seconds, () => prepare(pendings).entries.length);
    },
  },
  {
    name: 'append: bytes of the COPY',
    run(seconds) {
      const batch = prepare(createPendingAppends(requests(), 0));
      return runFor(seconds, () => (copyRows(batch).length > 0 ? batch.entries.length : 0));
    },
  },
  {
    name: 'view: fold',
    run(seconds) {
      const events = prepare(createPendingAppends(requests(), 0)).entries.flatMap((entry) => entry.events);
      return runFor(seconds, () => foldAlerts(events).length);
    },
  },
  {
    name: 'view: bytes of the COPY',
    run(seconds) {
      const events = prepare(createPendingAppends(requests(), 0)).entries.flatMap((entry) => entry.events);
      const rows = foldAlerts(events).map(({ row }) => row);
      return runFor(seconds, () => (copyRowsOf(rows).length > 0 ? rows.length : 0));
    },
  },
];
