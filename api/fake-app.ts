import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../domain/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { type AppOptions, type AppTimeouts, createApp } from './app.ts';
import type {
  AlertListQuery,
  IncidentCommands,
  IncidentListQuery,
  IncidentQuery,
  ReceiveRequest,
} from './ports.ts';

/** For tests: the real application over ports that remember what they were asked. */
export const token = 'tok_0123456789abcdef0123456789abcdef';
export const otherToken = 'tok_other_tenant_0123456789abcdef';
export const sourceKey = 'key_0123456789abcdef';
export const incidentId = '6f1d3c1e-0c7b-5c0e-9a55-d1a7b8e2f407';
export const resolvedId = '00000000-0000-5000-8000-000000000001';
export const nowMs = Date.parse('2026-01-05T09:00:00.000Z');

export interface FakeApp {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  readonly received: ReceiveRequest[];
  readonly listed: (IncidentListQuery | AlertListQuery)[];
  readonly asked: IncidentQuery[];
  readonly commanded: { name: string; command: unknown }[];
  readonly lines: LogLine[];
}

export interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
}

export type FakeOverrides = Partial<Omit<AppOptions, 'timeouts'>> & { timeouts?: Partial<AppTimeouts> };

export function createFakeApp(overrides: FakeOverrides = {}): FakeApp {
  const kept = { received: [], listed: [], asked: [], commanded: [], lines: [] } satisfies Record<string, []>;
  const fake: Omit<FakeApp, 'app'> = { ...kept, metrics: createMetrics() };
  const app = createApp({
    receiver: { receive: (request) => receive(fake, request) },
    queries: createQueries(fake),
    commands: createCommands(fake),
    channels: () => new Map([['ops', { provider: 'webhook', updates: false }]]),
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

async function receive(fake: Pick<FakeApp, 'received'>, request: ReceiveRequest) {
  if (request.key !== sourceKey) throw new TocsinError('unknown_source');
  fake.received.push(request);
  return { status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } };
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
