import { expect, test } from 'vitest';
import type { Quieting } from '../suppression/quieting.ts';
import { explainRoutes } from './explain.ts';
import { compileRoutes } from './route.ts';
import { aRoute } from './testing/a-route.ts';

const router = compileRoutes([
  aRoute({ name: 'audit', match: ['audited="yes"'], continue: true, policy: 'log' }),
  aRoute({
    name: 'all',
    routes: [
      aRoute({
        name: 'database',
        match: ['service=~"mysql|redis"'],
        groupBy: ['cluster'],
        groupWaitMs: 30_000,
        routes: [aRoute({ name: 'critical', match: ['severity=critical', 'env!=dev'], policy: 'wake' })],
      }),
    ],
  }),
]);
const alert = (labels: Record<string, string>) => ({ tenant: 'default', labels });

test('tells the way from the top down to the route, with the matchers of each', () => {
  expect(explainRoutes(alert({ service: 'redis', severity: 'critical' }), { router })).toEqual([
    {
      route: 'critical',
      path: [
        { route: 'all', match: [] },
        { route: 'database', match: ['service=~"mysql|redis"'] },
        { route: 'critical', match: ['severity="critical"', 'env!="dev"'] },
      ],
      groupBy: [],
      groupLabels: {},
      groupWaitMs: 0,
      workflowId: expect.stringMatching(/^incident\/default\/critical\//),
      policy: 'wake',
      quieting: [],
    },
  ]);
});

test('tells of the group, and how long it gathers', () => {
  const [explained] = explainRoutes(alert({ service: 'mysql', cluster: 'eu' }), { router });
  expect(explained).toMatchObject({
    groupBy: ['cluster'],
    groupLabels: { cluster: 'eu' },
    groupWaitMs: 30_000,
  });
});

test('tells of every route that takes the alert, and where it is quiet', () => {
  const quiet: Quieting = { kind: 'mute', rule: 'nights', configVersion: 1 };
  const explained = explainRoutes(alert({ audited: 'yes' }), {
    router,
    judge: (routes) => routes.map((it) => (it.route === 'audit' ? { ...it, quiet } : it)),
  });
  expect(explained.map(({ route, quieting }) => [route, quieting])).toEqual([
    ['audit', [quiet]],
    ['all', []],
  ]);
});
