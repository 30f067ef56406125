import type { Alert } from '../alert/alert.ts';
import type { RouteTaken } from '../events/alert-events.ts';
import { indexRules } from '../matcher/matcher-index.ts';
import type { Router } from '../route/route.ts';
import { flapHoldEndMs, isFirstOfFlapping } from './flap.ts';
import type { FlapRecord } from './flap-record.ts';
import { muteOf } from './mute.ts';
import type { Quieting } from './quieting.ts';
import type { FlapRule, QuietRules } from './rules.ts';
import { createSuppressor, type Suppressor } from './suppressor.ts';
import type { QuietWorld } from './world.ts';

export interface JudgeInput {
  readonly stream: string;
  readonly alert: Alert;
  /** Where the episode went, with what quiets it so far. */
  readonly routes: readonly RouteTaken[];
  readonly flap: FlapRecord | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** False when asked again: rates count an alert once. */
  readonly isNew: boolean;
}

/**
 * The same routes, each with `quiet` if something quiets the alert there, else without. A route whose quieting is what
 * it was comes back as it is, with the configuration version that did it first.
 */
export type Judge = (input: JudgeInput) => readonly RouteTaken[];

export interface JudgeOptions {
  readonly rules: QuietRules;
  readonly configVersion: number;
  readonly router: Pick<Router, 'find'>;
  readonly world: QuietWorld;
  /** Whether an alert only says that its source is alive. */
  isHeartbeat(alert: Alert): boolean;
}

/**
 * Judges under one configuration. The first that holds is recorded: heartbeat, silence, inhibition, the route's time
 * intervals, suppression rules, flapping. All but the time intervals hold for every route of the alert.
 */
export function createJudge(options: JudgeOptions): Judge {
  const { rules, configVersion, router, world } = options;
  world.inhibitors.follow(rules.inhibit);
  const suppress = createSuppressor({ rules: rules.suppress, configVersion, rates: world.rates });
  const flapRules = indexRules(rules.flapping, ({ match }) => match);
  const mutedBy = (route: string, nowMs: number): Reason | undefined => {
    const configured = router.find(route);
    const mute = configured === undefined ? undefined : muteOf(configured, nowMs);
    return mute && { kind: 'mute', rule: mute.interval, untilMs: mute.untilMs };
  };
  return (input) => {
    const { alert, routes, nowMs } = input;
    const outer = outerReason(alert, nowMs, options);
    if (outer !== undefined) return withReasons(routes, () => outer, configVersion);
    const mutes = routes.map(({ route }) => mutedBy(route, nowMs));
    if (mutes.every((mute) => mute !== undefined)) {
      return withReasons(routes, (index) => mutes[index], configVersion);
    }
    const [flapRule] = flapRules.find(alert.labels);
    const inner = innerReason(input, suppress, flapRule);
    return withReasons(routes, (index) => mutes[index] ?? inner, configVersion);
  };
}

interface Reason {
  readonly kind: Quieting['kind'];
  readonly rule: string;
  readonly untilMs: number | undefined;
}

function outerReason(
  alert: Alert,
  nowMs: number,
  { rules, world, isHeartbeat }: JudgeOptions,
): Reason | undefined {
  if (isHeartbeat(alert)) return { kind: 'heartbeat', rule: alert.source, untilMs: undefined };
  const silence = world.silences.find(alert.tenant, alert.labels, nowMs);
  if (silence !== undefined) {
    return { kind: 'silence', rule: silence.id, untilMs: Date.parse(silence.endsAt) };
  }
  const inhibition = world.inhibitors.find(rules.inhibit, alert);
  return inhibition && { kind: 'inhibition', rule: inhibition.name, untilMs: undefined };
}

function innerReason(
  input: JudgeInput,
  suppress: Suppressor,
  flapRule: FlapRule | undefined,
): Reason | undefined {
  const suppression = suppress(input);
  if (suppression !== undefined) return { kind: 'suppression', ...suppression };
  const { flap, nowMs } = input;
  if (flap === undefined || flapRule === undefined || isFirstOfFlapping(flap)) return undefined;
  const untilMs = flapHoldEndMs(flapRule, flap);
  if (untilMs === undefined || nowMs >= untilMs) return undefined;
  return { kind: 'flapping', rule: flapRule.name, untilMs };
}

function withReasons(
  routes: readonly RouteTaken[],
  reasonAt: (index: number) => Reason | undefined,
  configVersion: number,
): readonly RouteTaken[] {
  const judged = routes.map((route, index) => withQuiet(route, quietingOf(reasonAt(index), configVersion)));
  return judged.every((route, index) => route === routes[index]) ? routes : judged;
}

function quietingOf(reason: Reason | undefined, configVersion: number): Quieting | undefined {
  if (reason === undefined) return undefined;
  const { kind, rule, untilMs } = reason;
  const quieting = { kind, rule, configVersion };
  return untilMs === undefined ? quieting : { ...quieting, until: new Date(untilMs).toISOString() };
}

function withQuiet(route: RouteTaken, quiet: Quieting | undefined): RouteTaken {
  if (isSame(route.quiet, quiet)) return route;
  const { quiet: _, ...loud } = route;
  return quiet === undefined ? loud : { ...loud, quiet };
}

function isSame(a: Quieting | undefined, b: Quieting | undefined): boolean {
  return a?.kind === b?.kind && a?.rule === b?.rule && a?.until === b?.until;
}
