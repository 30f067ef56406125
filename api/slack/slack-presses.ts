import { LRUCache } from 'lru-cache';
import { slackSnoozeMs } from '../../domain/channel/slack-action.ts';
import { errorCodeOf, TocsinError } from '../../domain/errors.ts';
import type { CommandResult } from '../../domain/incident/protocol.ts';
import { limits } from '../../domain/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { readIncidentId } from '../incident-id.ts';
import type {
  CommandAddress,
  FoundIncident,
  IncidentCommands,
  IncidentFinder,
  IncidentQuery,
} from '../ports.ts';
import type { SlackPress } from './read-slack-press.ts';

export interface SlackPressesDeps {
  readonly commands: Pick<IncidentCommands, 'acknowledge' | 'resolve' | 'escalate' | 'snooze'>;
  readonly queries: IncidentFinder & AcknowledgerQuery;
  readonly replies: SlackReplies;
  readonly logger: Pick<Logger, 'warn'>;
  readonly metrics: Pick<Metrics, 'slackPresses'>;
  readonly now: () => number;
}

/** Who has acknowledged an incident, as of a version at least. */
export interface AcknowledgerQuery {
  getIncident(query: IncidentQuery): Promise<{ readonly acknowledgedBy?: string }>;
}

/** Tells whoever pressed a button, and nobody else. Never rejects. */
export interface SlackReplies {
  reply(responseUrl: string, text: string): Promise<void>;
}

/** Pressed buttons, worked off beside the answer that Slack wants within 3 s. */
export interface SlackPresses {
  /** Returns at once. A press that was taken before is the same press. */
  take(press: SlackPress, traceparent: string): void;
  /** Waits for what was taken. */
  close(): Promise<void>;
}

export function createSlackPresses(deps: SlackPressesDeps): SlackPresses {
  const { commands, queries, replies, logger, metrics, now } = deps;
  const known = new LRUCache<string, true>({ max: limits.maxKnownPresses });
  const underWay = new Set<Promise<void>>();
  const telling = new Set<Promise<void>>();

  async function carryOut(press: SlackPress, traceparent: string): Promise<void> {
    const incidentId = readIncidentId(press.incidentId);
    const found = await queries.findIncident(incidentId);
    if (found === undefined) throw new TocsinError('incident_not_found');
    if (found.resolved) throw new TocsinError('incident_closed');
    const { by, key } = press;
    const identity = { requestId: key, commandId: key, traceparent };
    const address = { workflowId: found.workflowId, incidentId, by, via: 'slack', ...identity };
    const result = await command(press, address);
    if (press.action === 'acknowledge') await tellWhoWasFirst(press, found, { incidentId, result });
  }

  function command(
    { action }: SlackPress,
    address: CommandAddress & Parameters<typeof commands.acknowledge>[0],
  ): Promise<CommandResult> {
    if (action !== 'snooze') return commands[action](address);
    return commands.snooze({ ...address, until: new Date(now() + slackSnoozeMs).toISOString() });
  }

  /** To acknowledge twice changes nothing, so the second one would not learn that somebody is at work already. */
  async function tellWhoWasFirst(
    press: SlackPress,
    { tenant }: FoundIncident,
    { incidentId, result }: { readonly incidentId: string; readonly result: CommandResult },
  ): Promise<void> {
    const query = { tenant, id: incidentId, minVersion: result.version };
    const { acknowledgedBy } = await queries.getIncident(query).catch(nobodyKnown);
    if (acknowledgedBy === undefined || acknowledgedBy === press.by) return;
    await tell(press, `already acknowledged by ${acknowledgedBy.replace(/^slack:/, '')}`);
  }

  async function tell({ responseUrl }: SlackPress, text: string): Promise<void> {
    if (responseUrl !== undefined) await replies.reply(responseUrl, text);
  }

  async function answer(press: SlackPress, traceparent: string): Promise<void> {
    const { action, key } = press;
    try {
      await carryOut(press, traceparent);
      metrics.slackPresses.inc({ action, outcome: 'done' });
    } catch (error) {
      known.delete(key);
      const code = errorCodeOf(error);
      metrics.slackPresses.inc({ action, outcome: 'failed' });
      logger.warn(
        { action, code, ...(code === 'internal' && { err: error }) },
        'a pressed button did not work',
      );
      await tell(press, excuses.get(code) ?? 'that did not work; try again');
    }
  }

  function putOff(press: SlackPress): void {
    known.delete(press.key);
    metrics.slackPresses.inc({ action: press.action, outcome: 'put_off' });
    if (telling.size < limits.maxSlackPresses)
      follow(telling, tell(press, 'too many are pressing; try again'));
  }

  return {
    take(press, traceparent) {
      if (known.has(press.key)) return;
      known.set(press.key, true);
      if (underWay.size >= limits.maxSlackPresses) putOff(press);
      else follow(underWay, answer(press, traceparent));
    },
    async close() {
      await Promise.all([...underWay, ...telling]);
    },
  };
}

const excuses: ReadonlyMap<string, string> = new Map([
  ['incident_not_found', 'this incident is not known here'],
  ['incident_closed', 'this incident is over'],
  ['unknown_outcome', 'nobody knows whether that worked; look at the incident, then try again'],
  ['engine_unavailable', 'tocsin cannot reach its engine; try again in a moment'],
]);

/** The command has done its work, whether or not this can be said. */
function nobodyKnown(): { readonly acknowledgedBy?: string } {
  return {};
}

function follow(running: Set<Promise<void>>, work: Promise<void>): void {
  const watched = work.finally(() => running.delete(watched));
  running.add(watched);
}
