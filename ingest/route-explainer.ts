import { randomUUID } from 'node:crypto';
import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import type { Alert, Labels } from '../domain/alert/alert.ts';
import { formatDuration } from '../domain/duration.ts';
import { TocsinError } from '../domain/errors.ts';
import type { RouteTaken } from '../domain/events/alert-events.ts';
import { limits } from '../domain/limits.ts';
import { type ExplainedPolicy, explainPolicy } from '../domain/policy/explain-policy.ts';
import { type ExplainedRoute, explainRoutes } from '../domain/route/explain.ts';
import type { Severity } from '../domain/severity.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import { createFormats } from '../sources/formats.ts';
import type { RejectedAlert } from '../sources/source.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { fastAlertStreamOf } from './alert-stream.ts';
import { createContextOf } from './decide-context.ts';
import { createChain, createProcessor } from './processors/chain.ts';
import { type Example, readExample } from './read-example.ts';

export interface RouteTestRequest {
  /** Whose alert it would be; only sources of this tenant are known. */
  readonly tenant: string;
  /** The name of the source that it would come from. */
  readonly source?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Instead of labels: what the source would send. Needs `source`. */
  readonly payload?: unknown;
  /** Of the request with the payload, by names in lower case, for formats that read them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; default now. */
  readonly atMs?: number;
}

export interface RouteTestAnswer {
  readonly configVersion: number;
  readonly at: string;
  readonly alerts: readonly ExplainedAlert[];
  /** What of the payload would not be taken, or is about an alert that is there already. */
  readonly rejected: readonly RejectedAlert[];
  /** Alerts beyond the number that is explained. */
  readonly omitted: number;
}

export interface ExplainedAlert {
  readonly index: number;
  readonly status: Alert['status'];
  readonly severity: Severity;
  readonly fingerprint: string;
  /** As routing sees them: after the processors. */
  readonly labels: Labels;
  readonly flags: readonly string[];
  /** Why a processor would drop it: then nothing else happens. */
  readonly dropped: string | null;
  readonly incidents: readonly ExplainedIncident[];
}

export interface ExplainedIncident extends Omit<ExplainedRoute, 'policy' | 'groupWaitMs'> {
  readonly groupWait: string;
  /** Whether it pages: it fires, and nothing quiets it. */
  readonly pages: boolean;
  readonly policy: ExplainedPolicy;
}

export interface RouteExplainerOptions {
  readonly config: () => TocsinConfig;
  readonly world: QuietWorld;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Says what would become of an alert, under the configuration in force. Nothing is sent or written, and nothing counts:
 * rates, storms and the windows of processors are as if it had never been asked, so they do not show.
 */
export interface RouteExplainer {
  /** @throws TocsinError `invalid_command`, or what the source's format throws */
  explain(request: RouteTestRequest): RouteTestAnswer;
}

export function createRouteExplainer({ config, world, now }: RouteExplainerOptions): RouteExplainer {
  const formats = createFormats({ newKey: randomUUID });
  const metrics = createMetrics();
  return {
    explain(request) {
      const snapshot = config();
      const nowMs = request.atMs ?? now();
      const example = exampleOf(request, snapshot);
      const { alerts, rejected } = readExample(example, { formats, tenant: request.tenant, nowMs });
      const explain = explainerOf({ config: snapshot, world, nowMs, source: example.source, metrics });
      return {
        configVersion: snapshot.version,
        at: new Date(nowMs).toISOString(),
        alerts: alerts.slice(0, limits.maxExplainedAlerts).map(explain),
        rejected,
        omitted: Math.max(0, alerts.length - limits.maxExplainedAlerts),
      };
    },
  };
}

function exampleOf(request: RouteTestRequest, config: TocsinConfig): Example {
  const { labels, annotations = {}, payload, headers = {} } = request;
  const source = findByName(request, config);
  if (labels !== undefined && payload !== undefined) {
    throw invalid('/payload', 'give either labels or a payload, not both');
  }
  if (labels !== undefined) {
    return { kind: 'labels', labels, annotations, ...(source && { source }) };
  }
  if (payload === undefined) throw invalid('/labels', 'give labels, or a source and a payload');
  if (source === undefined) throw invalid('/source', 'a payload needs the name of its source');
  return { kind: 'payload', payload, source, headers: new Map(Object.entries(headers)) };
}

function findByName({ source, tenant }: RouteTestRequest, config: TocsinConfig): SourceConfig | undefined {
  if (source === undefined) return undefined;
  const found = config.sources.find((it) => it.name === source && it.tenant === tenant);
  if (found === undefined) throw invalid('/source', 'no source has this name');
  return found;
}

interface Situation {
  readonly config: TocsinConfig;
  readonly world: QuietWorld;
  readonly nowMs: number;
  readonly source: SourceConfig | undefined;
  /** Nobody reads them: what is only asked about is not to be counted. */
  readonly metrics: Metrics;
}

interface IndexedAlert {
  readonly index: number;
  readonly alert: Alert;
}

function explainerOf(situation: Situation): (indexed: IndexedAlert) => ExplainedAlert {
  const { config, world, nowMs, source, metrics } = situation;
  const contextOf = createContextOf({ config, world, nowMs });
  // a chain of its own, whose counts nobody else sees
  const { process } = createChain(
    (source?.processors ?? []).map((it) => createProcessor(it, { metrics, source: source?.name ?? '' })),
  );
  return ({ index, alert: original }) => {
    const processed = process(original, nowMs);
    const alert = processed.kind === 'kept' ? processed.alert : original;
    const { status, severity, fingerprint, labels, flags = [] } = alert;
    const told = { index, status, severity, fingerprint, labels, flags };
    if (processed.kind === 'dropped') return { ...told, dropped: processed.reason, incidents: [] };
    const context = contextOf(fastAlertStreamOf(alert));
    const judge = (routes: readonly RouteTaken[]) =>
      context.judge({ alert, routes, flap: undefined, isNew: false });
    const explained = explainRoutes(alert, { router: config.router, judge });
    return { ...told, dropped: null, incidents: explained.map((it) => explainIncident(it, alert, config)) };
  };
}

function explainIncident(
  { policy: name, groupWaitMs, ...explained }: ExplainedRoute,
  { status }: Alert,
  { policies }: Pick<TocsinConfig, 'policies'>,
): ExplainedIncident {
  const policy = policies.get(name) ?? { name, configVersion: 0, repeat: 0, steps: [] };
  return {
    ...explained,
    groupWait: formatDuration(groupWaitMs),
    pages: status === 'firing' && explained.quieting.length === 0,
    policy: explainPolicy(policy, groupWaitMs),
  };
}

function invalid(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_command', { path, detail });
}
