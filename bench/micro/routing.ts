import { parseMatchers } from '../../domain/matcher/parse-matcher.ts';
import { compileRoutes, type RouteConfig } from '../../domain/route/route.ts';

const plain = { groupWaitMs: 0, continue: false, mute: [], active: [], routes: [] };

/** 200 routes as a large installation has them: by team, some by severity too, some with children, some by pattern. */
function manyRoutes(): readonly RouteConfig[] {
  const teams = Array.from({ length: 199 }, (_, index): RouteConfig => {
    const team = `team="team-${index}"`;
    const critical = {
      ...plain,
      match: parseMatchers('severity="critical"'),
      groupBy: ['alertname'],
      policy: 'p',
    };
    return {
      ...plain,
      name: `team-${index}`,
      match: parseMatchers(index % 3 === 0 ? `${team}, severity=~"critical|error"` : team),
      groupBy: ['alertname', 'cluster'],
      policy: 'p',
      routes: index % 10 === 0 ? [critical] : [],
    };
  });
  return [...teams, { ...plain, name: 'rest', match: [], groupBy: ['alertname'], policy: 'p' }];
}

function manyAlerts(groups: number) {
  const severities = ['critical', 'error', 'warning', 'info'];
  return Array.from({ length: 4_096 }, (_, index) => ({
    tenant: 'default',
    labels: {
      alertname: `Alert${index % groups}`,
      cluster: `eu-${index % 3}`,
      instance: `host-${index}:9100`,
      severity: severities[index % 4] ?? 'info',
      team: `team-${(index * 7) % 230}`,
    },
  }));
}

/** Alerts a second on one core for which 200 routes are searched and the incident is named; new groups are rare. */
export const routingBench = {
  name: 'routing',
  run: (seconds: number) => measure(seconds, 20),
};

/** The same where nearly every alert begins a group that nobody has seen. */
export const newGroupsBench = {
  name: 'routing, new groups',
  run: (seconds: number) => measure(seconds, Number.POSITIVE_INFINITY),
};

function measure(seconds: number, groups: number): { readonly perSecond: number } {
  const router = compileRoutes(manyRoutes());
  const alerts = manyAlerts(Number.isFinite(groups) ? groups : 4_096);
  let taken = 0;
  let count = 0;
  let round = 0;
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  while (performance.now() < endMs) {
    round += 1;
    for (const alert of alerts) {
      const routed = Number.isFinite(groups)
        ? alert
        : { ...alert, labels: { ...alert.labels, alertname: `${alert.labels.alertname}-${round}` } };
      taken += router.route(routed).length;
    }
    count += alerts.length;
  }
  if (taken !== count) throw new Error('each alert of this bench takes one route');
  return { perSecond: count / ((performance.now() - startMs) / 1_000) };
}
