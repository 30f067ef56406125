import type { FastifyInstance } from 'fastify';
import { createPolicyDesk } from '../config/policy-desk.ts';
import { TocsinError } from '../domain/errors.ts';
import type { PolicyTarget } from '../domain/policy/policy.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { DeliveryView } from '../views/delivery-view.ts';
import { type AppOptions, type AppTimeouts, createApp } from './app.ts';
import { createFakeSchedules } from './fake-schedules.ts';
import type {
  AlertListQuery,
  AlertReceiver,
  Caller,
  IncidentCommands,
  IncidentListQuery,
  IncidentQuery,
  ReceiveRequest,
  RouteExplainer,
  RouteTestRequest,
} from './ports.ts';
import type { SlackPress } from './slack/read-slack-press.ts';

/** For tests: the real application over ports that remember what they were asked. */
export const token = 'tok_0123456789abcdef0123456789abcdef';
export const otherToken = 'tok_other_tenant_0123456789abcdef';
export const slackSigningSecret = 'signing_secret_0123456789abcdef';
export const sourceKey = 'key_0123456789abcdef';
export const incidentId = '6f1d3c1e-0c7b-5c0e-9a55-d1a7b8e2f407';
export const resolvedId = '00000000-0000-5000-8000-000000000001';
export const silenceId = '00000000-0000-4000-8000-000000000002';
export const deliveryKey = 'a3f5c9d1e7b2'.repeat(5).concat('a3f5');
export const nowMs = Date.parse('2026-01-05T09:00:00.000Z');

const fakeTargets: readonly PolicyTarget[] = [
  { kind: 'channel', name: 'channel:ops', channel: 'ops', provider: 'webhook', updates: false },
  { kind: 'user', name: 'user:amy', user: 'amy' },
  { kind: 'schedule', name: 'schedule:payments', schedule: 'payments' },
];

export interface FakeApp {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  readonly received: ReceiveRequest[];
  readonly listed: (IncidentListQuery | AlertListQuery)[];
  readonly asked: IncidentQuery[];
  readonly commanded: { name: string; command: unknown }[];
  readonly explained: RouteTestRequest[];
  readonly silenced: { readonly id?: string; readonly request: object; readonly tenant: string }[];
  readonly pressed: SlackPress[];
  readonly lines: LogLine[];
}

export interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
}

export type FakeOverrides = Partial<Omit<AppOptions, 'timeouts' | 'receiver'>> & {
  timeouts?: Partial<AppTimeouts>;
  receiver?: Partial<AlertReceiver>;
};

export function createFakeApp({ receiver, ...overrides }: FakeOverrides = {}): FakeApp {
  const kept = {
    received: [],
    listed: [],
    asked: [],
    commanded: [],
    explained: [],
    silenced: [],
    pressed: [],
    lines: [],
  } satisfies Record<string, []>;
  const fake: Omit<FakeApp, 'app'> = { ...kept, metrics: createMetrics() };
  const app = createApp({
    receiver: { ...createReceiver(fake), ...receiver },
    queries: createQueries(fake),
    commands: createCommands(fake),
    findTarget: (text) => fakeTargets.find(({ name }) => name === text),
    config: createConfig(),
    explainer: createExplainer(fake),
    policies: createPolicies(),
    silences: createSilences(fake),
    ...createFakeSchedules(nowMs),
    deliveries: createDeliveries(),
    testPages: createTestPages(),
    parked: { list: async () => [], retry: async () => ({ retried: 0, parked: 0 }) },
    slack: { take: (press) => void fake.pressed.push(press) },
    slackSigningSecrets: () => [slackSigningSecret],
    readiness: { check: async () => ({ ready: true, degraded: [], parts: { postgres: 'ok' } }) },
    tokens: [
      { token, tenant: 'default' },
      { token: otherToken, tenant: 'other' },
    ],
    logger: createFakeLogger(fake.lines),
    metrics: fake.metrics,
    now: () => nowMs,
    ...overrides,
  });
  return { ...fake, app };
}

/** Holds one dead letter of the default tenant. */
function createDeliveries(): AppOptions['deliveries'] {
  const view: DeliveryView = {
    key: deliveryKey,
    incidentId,
    kind: 'page',
    target: 'channel:ops',
    channel: 'ops',
    provider: 'webhook',
    round: 0,
    step: 0,
    state: 'dead',
    reason: 'busy',
    attempts: 5,
    requestedAt: new Date(nowMs).toISOString(),
    updatedAt: new Date(nowMs).toISOString(),
  };
  const know = ({ tenant, key }: { readonly tenant: string; readonly key: string }) => {
    if (tenant !== 'default' || key !== deliveryKey) throw new TocsinError('delivery_not_found');
    return view;
  };
  return {
    list: async ({ tenant }) => ({ items: tenant === 'default' ? [view] : [], next_cursor: null }),
    get: async (address) => ({ ...know(address), tries: [] }),
    async redeliver(address) {
      know(address);
      return { redelivered: 1 };
    },
    redeliverAll: async () => ({ redelivered: 200, last: deliveryKey }),
    discard: async (address, { by, reason }) => ({
      ...know(address),
      state: 'discarded',
      discardedBy: by,
      discardedReason: reason,
    }),
  };
}

/** Knows the channel `ops` and the user `amy`, whom everything reaches. */
function createTestPages(): AppOptions['testPages'] {
  const item = { channel: 'ops', provider: 'webhook', outcome: 'delivered', ms: 12 } as const;
  return {
    async channel(name) {
      if (name !== 'ops') throw new TocsinError('channel_not_found');
      return item;
    },
    async user(name, urgency) {
      if (name !== 'amy') throw new TocsinError('user_not_found');
      const contact = urgency === 'low' ? 'user:amy/mail' : 'user:amy/phone';
      return [{ ...item, channel: contact }];
    },
  };
}

function createConfig(): AppOptions['config'] {
  const inForce = { version: 3, hash: 'f'.repeat(64) };
  return {
    status: () => ({ ...inForce, loadedAtMs: nowMs, lastProblem: undefined }),
    reload: async () => ({ ok: true, changed: false, ...inForce, warnings: [] }),
  };
}

function createExplainer({ explained }: Pick<FakeApp, 'explained'>): RouteExplainer {
  return {
    explain(request) {
      explained.push(request);
      return { alerts: [] };
    },
  };
}

/** The real desk over one policy, which pages `channel:ops`. */
function createPolicies(): AppOptions['policies'] {
  const target = {
    kind: 'channel',
    name: 'channel:ops',
    channel: 'ops',
    provider: 'webhook',
    updates: false,
  } as const;
  const critical = { kind: 'severity', in: ['critical'] } as const;
  const steps = [
    { targets: [target], waitMs: 60_000 },
    { targets: [target], waitMs: 120_000, when: [critical] },
  ];
  const policy = { name: 'default', configVersion: 3, repeat: 0, steps };
  const nobody = { users: new Map(), schedules: new Map(), timeIntervals: new Map() };
  return createPolicyDesk({
    config: () => ({ policies: new Map([[policy.name, policy]]), ...nobody }),
    now: () => nowMs,
  });
}

/** Holds one silence of the default tenant, and takes whatever is asked for. */
function createSilences({ silenced }: Pick<FakeApp, 'silenced'>): AppOptions['silences'] {
  const silence = {
    id: silenceId,
    tenant: 'default',
    matchers: [{ name: 'team', operator: '=', value: 'db' }],
    startsAt: new Date(nowMs - 60_000).toISOString(),
    endsAt: new Date(nowMs + 60_000).toISOString(),
    createdBy: 'amy',
    comment: 'maintenance',
  } as const;
  const know = (id: string, tenant: string) => {
    if (id !== silence.id || tenant !== silence.tenant) throw new TocsinError('silence_not_found');
    return silence;
  };
  return {
    async create(request, { tenant }) {
      silenced.push({ request, tenant });
      return silence;
    },
    async edit(id, request, { tenant }) {
      silenced.push({ id, request, tenant });
      return know(id, tenant);
    },
    async expire(id, by, { tenant }) {
      silenced.push({ id, request: { by }, tenant });
      return know(id, tenant);
    },
    get: async (id, tenant) => know(id, tenant),
    list: (tenant) => (tenant === silence.tenant ? [silence] : []),
  };
}

/** Knows one key at the doors that have one, and takes whatever comes. */
function createReceiver(fake: Pick<FakeApp, 'received'>): AlertReceiver {
  const know = ({ key }: Caller) => {
    if (key !== sourceKey) throw new TocsinError('unknown_source');
  };
  return {
    async receive(request) {
      if (!request.door.startsWith('pagerduty')) know(request);
      fake.received.push(request);
      return { status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } };
    },
    refuse: () => undefined,
    handshake(caller) {
      know(caller);
      throw new TocsinError('method_not_allowed');
    },
    describe(caller) {
      know(caller);
      return { uptime: '2026-01-05T09:00:00.000Z' };
    },
  };
}

function createQueries(fake: Pick<FakeApp, 'listed' | 'asked'>): AppOptions['queries'] {
  const page = { items: [{ id: incidentId }], next_cursor: null };
  const list = async (query: IncidentListQuery | AlertListQuery) => {
    fake.listed.push(query);
    return page;
  };
  const known = (query: IncidentQuery) => {
    fake.asked.push(query);
    if (query.id !== incidentId || query.tenant !== 'default') throw new TocsinError('incident_not_found');
  };
  return {
    listIncidents: list,
    listAlerts: list,
    getIncident: async (query) => {
      known(query);
      return { id: query.id, state: 'open', version: 3 };
    },
    getTimeline: async (query) => {
      known(query);
      return page;
    },
    findIncident: async (id) => {
      if (id !== incidentId && id !== resolvedId) return undefined;
      return { workflowId: 'incident/default/all/1', tenant: 'default', resolved: id === resolvedId };
    },
  };
}

function createCommands({ commanded }: Pick<FakeApp, 'commanded'>): IncidentCommands {
  const remember = (name: string) => async (command: unknown) => {
    commanded.push({ name, command });
    return { state: 'acknowledged', version: 4 } as const;
  };
  return {
    acknowledge: remember('acknowledge'),
    resolve: remember('resolve'),
    snooze: remember('snooze'),
    escalate: remember('escalate'),
    reassign: remember('reassign'),
    note: remember('note'),
  };
}

/** Keeps its lines as they would be written, so that a test can look for what must not be in them. */
export function createFakeLogger(lines: LogLine[]): Logger {
  const write = (level: string) => (fields: unknown) => {
    lines.push({ level, fields: fields as Record<string, unknown> });
  };
  const logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: () => logger,
  };
  return logger as Logger;
}

export const authorized = { authorization: `Bearer ${token}` };
