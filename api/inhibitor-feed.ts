import type { TocsinConfig } from '../config/config.ts';
import type { FiringAlert } from '../domain/alert/firing-alert.ts';
import { limits } from '../domain/limits.ts';
import { isInhibitor, textOfInhibitRules } from '../domain/suppression/inhibit.ts';
import type { InhibitRule } from '../domain/suppression/rules.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import { headOf } from '../ingest/alert-head.ts';
import type { Database } from '../store/database.ts';
import type { EventLog } from '../store/event-log.ts';
import {
  listCounted,
  listInhibiting,
  listQuiet,
  readFiring,
  readInhibitingMark,
} from '../views/quiet-alerts.ts';

export interface InhibitorFeedDeps {
  readonly database: Pick<Database, 'query'>;
  readonly log: Pick<EventLog, 'readHeads'>;
  readonly world: Pick<QuietWorld, 'inhibitors'>;
  readonly config: () => Pick<TocsinConfig, 'quiet'>;
  readonly now: () => number;
}

export interface InhibitorFeed {
  /** Throws `store_unavailable`; the next one goes on from there. */
  refresh(): Promise<void>;
  /** Rises when new rules may have made sources of alerts that fire already. */
  revision(): number;
}

/** Alerts that inhibit others and were taken in by other processes, or before this one began. */
export function createInhibitorFeed({ database, log, world, config, now }: InhibitorFeedDeps): InhibitorFeed {
  const { inhibitors } = world;
  let mark = '';
  let known: ReadonlyMap<string, number> = new Map();
  let suspects: ReadonlySet<string> = new Set();
  let rules: readonly InhibitRule[] = [];
  let readAgainMs: number | undefined;
  let auditMs = 0;
  let revision = 0;

  const noteFiring = ({ stream, alert }: Pick<FiringAlert, 'stream' | 'alert'>): void =>
    inhibitors.note({ stream, tenant: alert.tenant, alert, firing: true });
  const forget = (stream: string): void =>
    inhibitors.note({ stream, tenant: '', alert: { labels: {} }, firing: false });

  /** New rules make sources of alerts that nobody marked as such. */
  const readAll = async (inhibit: readonly InhibitRule[]): Promise<void> => {
    inhibitors.follow(inhibit);
    for (const list of [listQuiet, listCounted]) {
      let after: string | undefined;
      do {
        const page = await list({ database, after, limit: limits.maxReadEvents });
        page.alerts.filter(({ alert }) => isInhibitor(inhibit, alert)).forEach(noteFiring);
        after = page.next;
      } while (after !== undefined);
    }
    revision += 1;
  };

  const takeUpRules = async (inhibit: readonly InhibitRule[]): Promise<void> => {
    if (textOfInhibitRules(inhibit) !== textOfInhibitRules(rules)) {
      readAgainMs = now() + limits.inhibitRulesSpreadMs;
      await readAll(inhibit);
    }
    rules = inhibit;
    if (readAgainMs === undefined || now() < readAgainMs) return;
    // other processes took up the new rules somewhat later, and did not mark their sources until then
    await readAll(inhibit);
    readAgainMs = undefined;
  };

  const readChanged = async (): Promise<void> => {
    const newMark = await readInhibitingMark(database);
    if (newMark === mark) return;
    const current = await listInhibiting(database);
    const changed = [...current].flatMap(([stream, version]) =>
      known.get(stream) === version ? [] : [stream],
    );
    for (const streams of chunksOf(changed)) (await readFiring(database, streams)).forEach(noteFiring);
    for (const stream of known.keys()) if (!current.has(stream)) forget(stream);
    known = current;
    mark = newMark;
  };

  /**
   * Where the book and the views say different things for longer than views take, the log decides: a decision may have
   * been noted that was never committed, and what became a source by new rules is marked in no view. Nothing may stay
   * quiet because of an alert that is over.
   */
  const audit = async (): Promise<void> => {
    const waitMs = auditMs - now();
    // longer than that nobody was to wait: the machine's clock was put back
    if (waitMs > 0 && waitMs <= limits.inhibitorAuditMs) return;
    auditMs = now() + limits.inhibitorAuditMs;
    const odd = new Set([...inhibitors.streams()].filter((stream) => !known.has(stream)));
    for (const stream of known.keys()) if (!inhibitors.has(stream)) odd.add(stream);
    const lasting = [...odd].filter((stream) => suspects.has(stream));
    suspects = odd;
    for (const streams of chunksOf(lasting)) await settle(streams);
  };

  const settle = async (streams: readonly string[]): Promise<void> => {
    const heads = await log.readHeads(streams, () => {});
    for (const stream of streams) {
      const head = heads.get(stream);
      const state = head === undefined ? undefined : headOf(head).state;
      if (state?.status === 'firing' && isInhibitor(rules, state.alert))
        noteFiring({ stream, alert: state.alert });
      else forget(stream);
    }
  };

  return {
    revision: () => revision,
    async refresh(): Promise<void> {
      const { inhibit } = config().quiet;
      if (inhibit.length === 0) {
        rules = inhibit;
        return;
      }
      await takeUpRules(inhibit);
      await readChanged();
      await audit();
    },
  };
}

function chunksOf(streams: readonly string[]): string[][] {
  const size = limits.maxReadEvents;
  return Array.from({ length: Math.ceil(streams.length / size) }, (_, at) =>
    streams.slice(at * size, (at + 1) * size),
  );
}
