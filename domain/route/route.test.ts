import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMatcher, type Matcher, matchOperators } from '../matcher/matcher.ts';
import { parseMatcher } from '../matcher/parse-matcher.ts';
import { compileRoutes, findFirstRoute, type RouteConfig } from './route.ts';

const match = (...texts: string[]) => texts.map(parseMatcher);
const alert = (labels: Record<string, string>) => ({ tenant: 'default', labels });

test('takes the first route that matches', () => {
  const router = compileRoutes([
    { name: 'a', match: match('severity="critical"', 'team=~"payments|core"'), groupBy: [], policy: 'p' },
    { name: 'b', match: match('severity="critical"'), groupBy: ['alertname', 'cluster'], policy: 'q' },
    { name: 'c', match: [], groupBy: [], policy: 'r' },
  ]);
  expect(router.route(alert({ severity: 'critical', team: 'core' }))).toMatchObject([
    { route: 'a', policy: 'p' },
  ]);
  expect(router.route(alert({ severity: 'critical', alertname: 'Down' }))).toEqual([
    {
      route: 'b',
      policy: 'q',
      groupLabels: { alertname: 'Down', cluster: '' },
      workflowId: expect.stringMatching(/^incident\/default\/b\/[0-9a-f]{32}$/),
    },
  ]);
  expect(router.route(alert({}))).toMatchObject([{ route: 'c', groupLabels: {} }]);
});

test('groups by all labels with ...', () => {
  const router = compileRoutes([{ match: [], groupBy: ['...'], policy: 'p' }]);
  const [one] = router.route(alert({ a: '1', b: '2' }));
  const [same] = router.route(alert({ b: '2', a: '1' }));
  const [other] = router.route(alert({ a: '1', b: '3' }));
  expect(one?.groupLabels).toEqual({ a: '1', b: '2' });
  expect(same?.workflowId).toBe(one?.workflowId);
  expect(other?.workflowId).not.toBe(one?.workflowId);
});

test('names a nameless route after its matchers and grouping, not after its place or policy', () => {
  const nameOf = (route: RouteConfig) =>
    compileRoutes([route, { match: [], groupBy: [], policy: 'p' }]).routes[0]?.name;
  const name = nameOf({ match: match('a=b', 'c="d"'), groupBy: ['x', 'y'], policy: 'p' });
  expect(name).toMatch(/^[0-9a-f]{12}$/);
  expect(nameOf({ match: match('c=d', 'a="b"'), groupBy: ['y', 'x'], policy: 'q' })).toBe(name);
  expect(nameOf({ match: match('a=b'), groupBy: ['x', 'y'], policy: 'p' })).not.toBe(name);
  expect(nameOf({ match: match('a=b', 'c="d"'), groupBy: ['x'], policy: 'p' })).not.toBe(name);
});

test('keeps workflow ids within 255 bytes for the longest names', () => {
  const router = compileRoutes([{ name: 'r'.repeat(64), match: [], groupBy: ['...'], policy: 'p' }]);
  const [taken] = router.route({ tenant: 't'.repeat(64), labels: { a: 'x'.repeat(4_096) } });
  expect(taken?.workflowId.length).toBeLessThanOrEqual(255);
});

test.each([[[]], [[{ match: match('a=b'), groupBy: [], policy: 'p' }]]])(
  'refuses routes that let an alert fall through',
  (routes) => {
    expect(() => compileRoutes(routes)).toThrow(/last route/);
  },
);

test('finds with its index what a plain search finds', () => {
  const labelName = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('', '1', '2', '3');
  const matcher: fc.Arbitrary<Matcher> = fc
    .record({ name: labelName, operator: fc.constantFrom(...matchOperators), value })
    .map(createMatcher);
  const route = fc.record({
    match: fc.array(matcher, { maxLength: 3 }),
    groupBy: fc.constant([]),
    policy: fc.constant('p'),
  });
  const labels = fc.dictionary(labelName, value);
  fc.assert(
    fc.property(fc.array(route, { maxLength: 30 }), fc.array(labels, { minLength: 1 }), (routes, samples) => {
      const router = compileRoutes([...routes, { match: [], groupBy: [], policy: 'last' }].map(withName));
      for (const sample of samples) {
        expect(router.route(alert(sample))[0]?.route).toBe(findFirstRoute(router.routes, sample)?.name);
      }
    }),
    { numRuns: 1_000 },
  );
});

function withName(route: RouteConfig, index: number): RouteConfig {
  return { ...route, name: `route-${index}` };
}
