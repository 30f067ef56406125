import { formatDuration } from '../domain/duration.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { ScheduleOverride } from '../domain/people/people.ts';
import { resolveStep, turnNameOf } from '../domain/people/resolve-step.ts';
import {
  type ExplainedPolicy,
  type ExplainedTarget,
  explainPolicy,
} from '../domain/policy/explain-policy.ts';
import type { PolicySnapshot, Target } from '../domain/policy/policy.ts';
import { simulate } from '../domain/policy/simulate.ts';
import type { SimulatedEntry } from '../domain/policy/transcript.ts';
import type { Severity } from '../domain/severity.ts';
import type { TocsinConfig } from './config.ts';

/** `after` of its steps is from the incident's opening on, as far as no step is skipped. */
export interface PolicyInForce extends ExplainedPolicy {
  /** 0 for one that no server has taken up. */
  readonly configVersion: number;
}

/** The policies in force, and what they would do. Nothing is sent or written. */
export interface PolicyDesk {
  list(): readonly PolicyInForce[];
  /** Throws `policy_not_found`. */
  get(name: string): PolicyInForce;
  /** Throws `policy_not_found`, `invalid_command` for an end before the start, `store_unavailable`. */
  simulate(name: string, request: SimulationRequest): Promise<Simulation>;
}

/** An incident to imagine; what is absent is a critical one of one alert without labels, that opens now. */
export interface SimulationRequest {
  readonly tenant: string;
  /** Milliseconds since 1970. */
  readonly atMs?: number;
  readonly untilMs?: number;
  readonly severity?: Severity;
  /** Of its first alert. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly alerts?: number;
}

/** What the database knows of people besides the configuration. */
export interface PeopleStore {
  overrides(): Promise<readonly ScheduleOverride[]>;
  /** How many had their turn before, by the names of `turnNameOf`. */
  readTurns(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface PolicyDeskOptions {
  readonly config: () => Pick<TocsinConfig, 'policies' | 'users' | 'schedules' | 'timeIntervals'>;
  readonly now: () => number;
  /** Default: there are no overrides, and nobody had a turn. */
  readonly store?: PeopleStore;
}

/** Instants are ISO 8601 in UTC. */
export interface Simulation {
  readonly policy: string;
  readonly configVersion: number;
  readonly openedAt: string;
  readonly items: readonly SimulatedStep[];
  /** When nobody is left to page: the last round is over. */
  readonly exhaustedAt?: string;
  /** By `auto_resolve`. */
  readonly resolvedAt?: string;
  /** There is more within the time asked for. */
  readonly truncated: boolean;
}

export interface SimulatedStep {
  readonly at: string;
  /** From the opening on, such as `5m`. */
  readonly after: string;
  readonly round: number;
  /** As many as the policy has steps: what is paged when it is exhausted. */
  readonly step: number;
  readonly what: 'page' | 'skip' | 'delay';
  readonly reason: string;
  /** Of a delay. */
  readonly until?: string;
  readonly targets: readonly ExplainedTarget[];
  readonly people: readonly SimulatedPerson[];
  readonly notes: readonly string[];
}

export interface SimulatedPerson {
  readonly user: string;
  /** The schedule that named the user. */
  readonly via?: string;
  /** None where the user's contacts are being paged since an earlier step. */
  readonly contacts: readonly (ExplainedTarget & { readonly at: string })[];
}

const noStore: PeopleStore = { overrides: async () => [], readTurns: async () => new Map() };

export function createPolicyDesk({ config, now, store = noStore }: PolicyDeskOptions): PolicyDesk {
  const find = (name: string): PolicySnapshot => {
    const policy = config().policies.get(name);
    if (policy === undefined) throw new TocsinError('policy_not_found');
    return policy;
  };
  return {
    list: () => [...config().policies.values()].map(explain),
    get: (name) => explain(find(name)),
    async simulate(name, request) {
      const policy = find(name);
      const { users, schedules, timeIntervals } = config();
      const startMs = request.atMs ?? now();
      const untilMs = request.untilMs ?? startMs + limits.maxWaitMs;
      if (untilMs < startMs) {
        throw new TocsinError('invalid_command', { path: '/until', detail: 'must not be before the start' });
      }
      const turnOf = await createTurns(policy, request.tenant, store);
      const directory = { users, schedules, timeIntervals, overrides: await store.overrides(), turnOf };
      const { entries, isCut } = simulate({
        incident: incidentOf(request),
        policy,
        startMs,
        untilMs,
        resolve: (question) => resolveStep(question, directory),
      });
      return toSimulation(policy, { startMs, entries, isCut });
    },
  };
}

function explain(policy: PolicySnapshot): PolicyInForce {
  return { configVersion: policy.configVersion, ...explainPolicy(policy, 0) };
}

function targetOf({ name, provider }: Target): ExplainedTarget {
  return { target: name, provider };
}

function incidentOf({ tenant, severity = 'critical', labels = {}, alerts = 1 }: SimulationRequest) {
  const subject = { tenant, route: 'simulated', groupLabels: labels };
  return { subject, severity, labels, alertCount: alerts };
}

/** Turns are counted on from where they are, as the incident would take them. */
async function createTurns(
  { name: policy, steps }: PolicySnapshot,
  tenant: string,
  store: PeopleStore,
): Promise<(name: string) => number> {
  const names = steps.flatMap(({ roundRobin }, step) =>
    roundRobin ? [turnNameOf({ tenant, policy, step })] : [],
  );
  const taken = new Map(names.length === 0 ? [] : await store.readTurns(names));
  return (name) => {
    const turn = taken.get(name) ?? 0;
    taken.set(name, turn + 1);
    return turn;
  };
}

function toSimulation(
  { name, configVersion }: PolicySnapshot,
  { startMs, entries, isCut }: { startMs: number; entries: readonly SimulatedEntry[]; isCut: boolean },
): Simulation {
  const lastOf = (kind: SimulatedEntry['kind']) => entries.findLast((entry) => entry.kind === kind);
  const [exhausted, resolved] = [lastOf('exhausted'), lastOf('resolved')];
  return {
    policy: name,
    configVersion,
    openedAt: isoOf(startMs),
    items: entries.flatMap((entry) => toStep(entry, startMs)),
    ...(exhausted !== undefined && { exhaustedAt: isoOf(exhausted.atMs) }),
    ...(resolved !== undefined && { resolvedAt: isoOf(resolved.atMs) }),
    truncated: isCut,
  };
}

function toStep(entry: SimulatedEntry, startMs: number): readonly SimulatedStep[] {
  if (entry.kind === 'exhausted' || entry.kind === 'resolved') return [];
  const { atMs, round, step, notes } = entry;
  const place = { at: isoOf(atMs), after: formatDuration(atMs - startMs), round, step };
  switch (entry.kind) {
    case 'started':
      return [
        {
          ...place,
          what: 'page',
          reason: entry.reason,
          targets: entry.targets.map(targetOf),
          people: entry.people.map(({ user, via, contacts }) => ({
            user,
            ...(via !== undefined && { via }),
            contacts: contacts.map(({ target, atMs: pagedMs }) => ({
              ...targetOf(target),
              at: isoOf(pagedMs),
            })),
          })),
          notes,
        },
      ];
    case 'skipped':
      return [{ ...place, what: 'skip', reason: entry.reason, targets: [], people: [], notes }];
    case 'delayed': {
      const until = isoOf(entry.untilMs);
      return [{ ...place, what: 'delay', reason: 'delayed', until, targets: [], people: [], notes }];
    }
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
