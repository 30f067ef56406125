import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { DecideContext } from '../domain/alert/decide-context.ts';
import type { RouteTaken } from '../domain/events/alert-events.ts';
import { matchesAll } from '../domain/matcher/matcher.ts';
import { noteChange } from '../domain/suppression/flap.ts';
import { isInhibitor } from '../domain/suppression/inhibit.ts';
import { createJudge, type Judge } from '../domain/suppression/judge.ts';
import type { QuietWorld } from '../domain/suppression/world.ts';
import { isSourceSilent } from './source-silent.ts';

/** The part of a configuration that decides about alerts. */
export type DecidingConfig = Pick<TocsinConfig, 'version' | 'router' | 'quiet' | 'sources'>;

export type ContextOf = (stream: string) => DecideContext;

export interface DecideContextOptions {
  readonly config: DecidingConfig;
  readonly world: QuietWorld;
  /** One instant for a whole batch, milliseconds since 1970. */
  readonly nowMs: number;
}

/** What the decisions of one batch have in common: one configuration, one world, one instant. */
export function createContextOf({ config, world, nowMs }: DecideContextOptions): ContextOf {
  const { router, quiet, version: configVersion } = config;
  const judge = judgeOf(config, world);
  const shared = {
    configVersion,
    nowMs,
    route: (alert: Alert) => router.route(alert).map((route) => shelter(route, alert)),
    noteChange: (alert: Alert, before: Parameters<DecideContext['noteChange']>[1]) =>
      noteChange(quiet.flapping, alert, before, nowMs),
    isInhibitor: (alert: Alert) => isInhibitor(quiet.inhibit, alert),
  };
  /** In a storm, a route's new groups are led into one incident. */
  const shelter = (route: RouteTaken, { tenant }: Alert): RouteTaken => {
    const rule = router.find(route.route)?.storm;
    return rule === undefined ? route : world.storms.redirect(route, { rule, tenant, nowMs });
  };
  return (stream) => ({ ...shared, stream, judge: (input) => judge({ ...input, stream, nowMs }) });
}

const judges = new WeakMap<DecidingConfig, { readonly world: QuietWorld; readonly judge: Judge }>();

/** Compiled once for each configuration. */
export function judgeOf(config: DecidingConfig, world: QuietWorld): Judge {
  const known = judges.get(config);
  if (known?.world === world) return known.judge;
  const judge = createJudge({
    rules: config.quiet,
    configVersion: config.version,
    router: config.router,
    world,
    isHeartbeat: isHeartbeatOf(config.sources),
  });
  judges.set(config, { world, judge });
  return judge;
}

/** An alert that only says that its source is alive; never the one that says that it is not. */
function isHeartbeatOf(sources: readonly SourceConfig[]): (alert: Alert) => boolean {
  const matchers = new Map(
    sources.flatMap(({ name, heartbeat }) =>
      heartbeat === undefined || heartbeat.match.length === 0 ? [] : [[name, heartbeat.match] as const],
    ),
  );
  if (matchers.size === 0) return () => false;
  return (alert) => {
    const match = matchers.get(alert.source);
    return match !== undefined && matchesAll(match, alert.labels) && !isSourceSilent(alert);
  };
}
