import type { Alert } from '../../domain/alert/alert.ts';
import type { RouteTaken } from '../../domain/events/alert-events.ts';
import { silenceStreamOf } from '../../domain/ids.ts';
import type { MatcherParts } from '../../domain/matcher/matcher.ts';
import { parseMatchers } from '../../domain/matcher/parse-matcher.ts';
import { compileRoutes } from '../../domain/route/route.ts';
import { createJudge, type Judge } from '../../domain/suppression/judge.ts';
import { parseLabelExpression } from '../../domain/suppression/parse-label-expression.ts';
import type { QuietRules } from '../../domain/suppression/rules.ts';
import { createQuietWorld, type QuietWorld } from '../../domain/suppression/world.ts';

const startMs = Date.parse('2026-01-05T09:00:00Z');
const nights = {
  name: 'nights',
  timeZone: 'Europe/Berlin',
  intervals: [{ times: [{ from: 1_320, to: 1_440 }] }],
};

/** As a large installation has them: 50 rules of inhibition, 20 that suppress, some with rates, 5 against flapping. */
const rules: QuietRules = {
  inhibit: Array.from({ length: 50 }, (_, index) => ({
    name: `inhibit-${index}`,
    source: parseMatchers(`severity="critical", team="team-${index}"`),
    target: parseMatchers(`severity=~"warning|info", team="team-${index}"`),
    equal: ['cluster', 'alertname'],
  })),
  suppress: Array.from({ length: 20 }, (_, index) => ({
    name: `suppress-${index}`,
    match: parseMatchers(`team="team-${index}"`),
    when: parseLabelExpression('env="test" or (severity="info" and not alertname=~"Alert1.*")'),
    ...(index % 2 === 0
      ? { during: [nights] }
      : { rate: { limit: 10, perMs: 3_600_000, by: ['alertname'] } }),
  })),
  flapping: Array.from({ length: 5 }, (_, index) => ({
    name: `flapping-${index}`,
    match: parseMatchers(`team="team-${index}"`),
    changes: 4,
    withinMs: 3_600_000,
    holdMs: 7_200_000,
  })),
};

function createWorld(matchersOf: (index: number) => readonly MatcherParts[]): QuietWorld {
  const world = createQuietWorld();
  for (let index = 0; index < 1_000; index += 1) {
    const silence = {
      id: `silence-${index}`,
      tenant: 'default',
      matchers: matchersOf(index),
      startsAt: new Date(startMs - 60_000).toISOString(),
      endsAt: new Date(startMs + 86_400_000).toISOString(),
      createdBy: 'bench',
      comment: 'bench',
    };
    world.silences.apply(silenceStreamOf(silence.id), 0, { status: 'known', silence });
  }
  return world;
}

const byName = (index: number): readonly MatcherParts[] => [
  { name: 'alertname', operator: '=', value: `Alert${index % 40}` },
  { name: 'instance', operator: '=', value: index < 40 ? `host-${index}:9100` : `other-${index}` },
];
/** The worst case: patterns that no index can help with, each tried for each alert. */
const byPattern = (index: number): readonly MatcherParts[] => [
  { name: 'instance', operator: '=~', value: `${index < 40 ? 'host' : 'other'}-${index}:.*` },
];

function manyAlerts(): readonly Alert[] {
  const severities = ['critical', 'error', 'warning', 'info'] as const;
  return Array.from({ length: 4_096 }, (_, index): Alert => {
    const severity = severities[index % 4] ?? 'info';
    return {
      tenant: 'default',
      source: 'bench',
      fingerprint: `${index}`,
      status: 'firing',
      severity,
      labels: {
        alertname: `Alert${index % 60}`,
        cluster: `eu-${index % 3}`,
        instance: `host-${index}:9100`,
        severity,
        team: `team-${(index * 7) % 230}`,
      },
      annotations: {},
      startsAt: new Date(startMs).toISOString(),
    };
  });
}

/** Alerts a second on one core that are judged with 1,000 silences, 10,000 sources of inhibition and 75 rules. */
export const judgingBench = {
  name: 'judging',
  run: (seconds: number) => measure(seconds, byName),
};

/** The same where all silences are patterns. */
export const patternSilencesBench = {
  name: 'judging, 1,000 silences by pattern',
  run: (seconds: number) => measure(seconds, byPattern),
};

function measure(seconds: number, matchersOf: typeof byName): { readonly perSecond: number } {
  const world = createWorld(matchersOf);
  const judge = createBenchJudge(world);
  const alerts = manyAlerts();
  noteSources(world, alerts);
  const routes: readonly RouteTaken[] = [
    { route: 'all', policy: 'p', groupLabels: {}, workflowId: 'incident/default/all/0' },
  ];
  let [count, quiet] = [0, 0];
  const beganMs = performance.now();
  const endMs = beganMs + seconds * 1_000;
  while (performance.now() < endMs) {
    for (const [index, alert] of alerts.entries()) {
      // the clock goes on a second for each thousand alerts
      const nowMs = startMs + Math.floor(count / 1_000) * 1_000;
      const stream = `alert-${index}`;
      if (judge({ stream, alert, routes, flap: undefined, nowMs, isNew: true }) !== routes) quiet += 1;
      count += 1;
    }
  }
  if (quiet === 0 || quiet === count) throw new Error('this bench is about some quiet alerts among others');
  return { perSecond: count / ((performance.now() - beganMs) / 1_000) };
}

function createBenchJudge(world: QuietWorld): Judge {
  const route = { groupWaitMs: 0, continue: false, active: [], routes: [], groupBy: [], policy: 'p' };
  const router = compileRoutes([{ ...route, name: 'all', match: [], mute: [nights] }]);
  return createJudge({ rules, configVersion: 1, router, world, isHeartbeat: () => false });
}

function noteSources(world: QuietWorld, alerts: readonly Alert[]): void {
  for (let index = 0; index < 10_000; index += 1) {
    const [base] = alerts;
    if (base === undefined) return;
    const labels = {
      alertname: `Alert${index % 7}`,
      cluster: index % 20 === 0 ? 'eu-0' : `us-${index}`,
      severity: 'critical',
      team: `team-${index % 50}`,
    };
    world.inhibitors.note({
      stream: `source-${index}`,
      tenant: 'default',
      alert: { ...base, labels },
      firing: true,
    });
  }
}
