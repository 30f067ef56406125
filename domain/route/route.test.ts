import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { createMatcher, type Matcher, matchesAll, matchOperators } from '../matcher/matcher.ts';
import { compileRoutes, type RouteConfig } from './route.ts';
import { aRoute } from './testing/a-route.ts';

const alert = (labels: Record<string, string>) => ({ tenant: 'default', labels });
const namesOf = (routes: readonly RouteConfig[], labels: Record<string, string>) =>
  compileRoutes(routes)
    .route(alert(labels))
    .map(({ route }) => route);

test('takes the first route that matches', () => {
  const router = compileRoutes([
    aRoute({ name: 'a', match: ['severity="critical"', 'team=~"payments|core"'], policy: 'p' }),
    aRoute({ name: 'b', match: ['severity="critical"'], groupBy: ['alertname', 'cluster'], policy: 'q' }),
    aRoute({ name: 'c', policy: 'r' }),
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

/**
 * What https://prometheus.io/docs/alerting/latest/configuration/#route says of a tree: a route's children are tried in
 * order, the first that matches ends the search unless it says `continue`, and what no child matches is the route's
 * own. Its single root is here a route without matchers.
 */
describe("Alertmanager's tree of routes", () => {
  const tree = [
    aRoute({
      name: 'root',
      routes: [
        aRoute({
          name: 'database',
          match: ['service=~"mysql|cassandra"'],
          routes: [
            aRoute({ name: 'database-critical', match: ['severity="critical"'] }),
            aRoute({ name: 'database-eu', match: ['region="eu"', 'severity!="info"'] }),
          ],
        }),
        aRoute({ name: 'audit', match: ['audited="yes"'], continue: true }),
        aRoute({
          name: 'frontend',
          match: ['team="frontend"'],
          routes: [
            aRoute({ name: 'copy', match: ['copy=~".+"'], continue: true }),
            aRoute({ name: 'mobile', match: ['app="mobile"'] }),
          ],
        }),
        aRoute({ name: 'silent', match: ['team="frontend"', 'audited="yes"'] }),
      ],
    }),
  ];
  test.each([
    ['no child matches: the root', {}, ['root']],
    ['a child', { service: 'mysql' }, ['database']],
    ['a child of the child', { service: 'mysql', severity: 'critical' }, ['database-critical']],
    [
      'the first of two children that match',
      { service: 'cassandra', severity: 'critical', region: 'eu' },
      ['database-critical'],
    ],
    ['all matchers of a route together', { service: 'mysql', region: 'eu', severity: 'info' }, ['database']],
    ['a label that is absent counts as empty', { service: 'mysql', region: 'eu' }, ['database-eu']],
    ['a pattern matches the whole value only', { service: 'mysql-proxy' }, ['root']],
    [
      'the search does not climb down again after a match',
      { service: 'mysql', audited: 'yes' },
      ['database'],
    ],
    ['continue and nothing more: that one', { audited: 'yes' }, ['audit']],
    ['continue and another', { audited: 'yes', team: 'frontend' }, ['audit', 'frontend']],
    [
      'continue among the children of a route',
      { team: 'frontend', copy: '1', app: 'mobile' },
      ['copy', 'mobile'],
    ],
    ['a child with continue takes it from its parent', { team: 'frontend', copy: '1' }, ['copy']],
    [
      'continue at two depths, in the order of the file',
      { audited: 'yes', team: 'frontend', copy: '1', app: 'mobile' },
      ['audit', 'copy', 'mobile'],
    ],
  ])('%s', (_, labels, expected) => {
    expect(namesOf(tree, labels)).toEqual(expected);
  });

  test('a child is not reached past a parent that does not match', () => {
    const only = aRoute({ name: 'parent', match: ['a=b'], routes: [aRoute({ name: 'child' })] });
    expect(namesOf([only, aRoute({ name: 'rest' })], { a: 'c' })).toEqual(['rest']);
    expect(namesOf([only, aRoute({ name: 'rest' })], { a: 'b' })).toEqual(['child']);
  });

  test('routes at the top are children of one root: with continue the last of them takes its part', () => {
    const routes = [aRoute({ name: 'audit', match: ['a=b'], continue: true }), aRoute({ name: 'rest' })];
    expect(namesOf(routes, { a: 'b' })).toEqual(['audit', 'rest']);
  });
});

describe('grouping', () => {
  test.each([
    ['by labels', ['team'], { team: 'db', host: 'a' }, { team: 'db', host: 'b' }, true],
    ['by labels that differ', ['team'], { team: 'db' }, { team: 'web' }, false],
    ['an absent label and an empty one are the same', ['team'], { team: '' }, {}, true],
    ['by no label: all alerts', [], { team: 'db' }, { team: 'web' }, true],
    ['by all labels', ['...'], { a: '1', b: '2' }, { b: '2', a: '1' }, true],
    ['by all labels that differ', ['...'], { a: '1', b: '2' }, { a: '1', b: '3' }, false],
    ['by two labels, whichever comes first', ['a', 'b'], { a: '1', b: '2' }, { b: '2', a: '1' }, true],
    ['values are not run together', ['a', 'b'], { a: '1', b: '23' }, { a: '12', b: '3' }, false],
    ['values that belong to other names', ['a', 'b'], { a: '1' }, { b: '1' }, false],
    ['names that every object has', ['constructor', '__proto__'], {}, { constructor: '', host: 'a' }, true],
  ])('%s', (_, groupBy, one, other, isSame) => {
    const router = compileRoutes([aRoute({ groupBy })]);
    const [first] = router.route(alert(one));
    const [second] = router.route(alert(other));
    expect(first?.workflowId === second?.workflowId).toBe(isSame);
    if (!groupBy.includes('...')) expect(Object.keys(first?.groupLabels ?? {})).toEqual(groupBy);
  });

  test('keeps tenants and routes apart', () => {
    const router = compileRoutes([aRoute({ name: 'x', continue: true }), aRoute({ name: 'y' })]);
    const ids = ['a', 'b'].flatMap((tenant) =>
      router.route({ tenant, labels: {} }).map((it) => it.workflowId),
    );
    expect(new Set(ids).size).toBe(4);
  });

  test('tells how long a new incident gathers alerts, where it does', () => {
    const routes = [aRoute({ match: ['a=b'], groupWaitMs: 30_000 }), aRoute()];
    const router = compileRoutes(routes);
    expect(router.route(alert({ a: 'b' }))[0]?.groupWaitMs).toBe(30_000);
    expect(router.route(alert({}))[0]).not.toHaveProperty('groupWaitMs');
  });

  test('keeps workflow ids within 255 bytes for the longest names', () => {
    const router = compileRoutes([aRoute({ name: 'r'.repeat(64), groupBy: ['...'] })]);
    const [taken] = router.route({ tenant: 't'.repeat(64), labels: { a: 'x'.repeat(4_096) } });
    expect(taken?.workflowId.length).toBeLessThanOrEqual(255);
  });

  test('says the same of a group that it remembers, has forgotten, or never keeps', () => {
    const groupBy = ['a'];
    const router = compileRoutes([aRoute({ name: 'all', groupBy })]);
    const anew = (labels: Record<string, string>) =>
      compileRoutes([aRoute({ name: 'all', groupBy })]).route(alert(labels));
    const samples = [{ a: '1' }, { a: 'x'.repeat(limits.maxKnownGroupLength + 1) }, {}];
    for (const labels of samples) {
      expect(router.route(alert(labels))).toEqual(anew(labels));
      expect(router.route(alert(labels))).toEqual(anew(labels));
    }
    for (let n = 0; n <= limits.maxKnownGroups; n += 1) router.route(alert({ a: `other ${n}` }));
    for (const labels of samples) expect(router.route(alert(labels))).toEqual(anew(labels));
  });
});

describe('names', () => {
  const nameOf = (route: RouteConfig) => compileRoutes([route, aRoute()]).routes[0]?.name;

  test('of a nameless route come from its matchers and grouping, not from its place or policy', () => {
    const name = nameOf(aRoute({ match: ['a=b', 'c="d"'], groupBy: ['x', 'y'], policy: 'p' }));
    expect(name).toMatch(/^[0-9a-f]{12}$/);
    expect(nameOf(aRoute({ match: ['c=d', 'a="b"'], groupBy: ['y', 'x'], policy: 'q' }))).toBe(name);
    expect(nameOf(aRoute({ match: ['a=b'], groupBy: ['x', 'y'] }))).not.toBe(name);
    expect(nameOf(aRoute({ match: ['a=b', 'c="d"'], groupBy: ['x'] }))).not.toBe(name);
  });

  test('of the first versions stay: workflow ids hold them', () => {
    expect(compileRoutes([aRoute()]).routes[0]?.name).toBe('643d54371042');
  });

  test('of nameless routes below others come from the matchers on their path', () => {
    const child = aRoute({ match: ['c=d'] });
    const nameBelow = (match: string[], policy = 'p') =>
      compileRoutes([aRoute({ name: 'above', match, policy, routes: [child] }), aRoute()]).routes[1]?.name;
    expect(nameBelow(['a=b'])).toBe(nameBelow(['a=b'], 'q'));
    expect(nameBelow(['a=b'])).not.toBe(nameBelow(['a=c']));
    expect(nameBelow([])).not.toBe(nameOf(child));
  });

  test('of routes that are alike differ, and from those that somebody chose', () => {
    const twin = aRoute({ match: ['a=b'], continue: true });
    const hash = nameOf(twin);
    const { routes } = compileRoutes([twin, twin, aRoute({ match: ['c=d'], name: `${hash}-2` }), aRoute()]);
    expect(routes.slice(0, 3).map(({ name }) => name)).toEqual([hash, `${hash}-3`, `${hash}-2`]);
  });

  test('twice the same is refused, wherever in the tree', () => {
    const below = aRoute({ match: ['c=d'], name: 'x' });
    const routes = [aRoute({ match: ['a=b'], name: 'x', routes: [below] }), aRoute()];
    expect(() => compileRoutes(routes)).toThrow(/same name/);
  });
});

test('lists all routes with their paths, each before those below it, and finds each by its name', () => {
  const below = aRoute({ name: 'b', match: ['a=b'], routes: [aRoute({ name: 'c' })] });
  const router = compileRoutes([
    aRoute({ name: 'a', match: ['x=y'], routes: [below] }),
    aRoute({ name: 'd' }),
  ]);
  expect(router.routes.map(({ path }) => path.join('/'))).toEqual(['a', 'a/b', 'a/b/c', 'd']);
  expect(router.find('b')?.path).toEqual(['a', 'b']);
  expect(router.find('nobody')).toBeUndefined();
});

test.each([[[]], [[aRoute({ match: ['a=b'] })]]])(
  'refuses routes that let an alert fall through',
  (routes) => {
    expect(() => compileRoutes(routes)).toThrow(/last route/);
  },
);

/** The plain meaning of a tree of routes. */
function walk(routes: readonly RouteConfig[], labels: Record<string, string>): string[] {
  const found: string[] = [];
  for (const route of routes) {
    if (!matchesAll(route.match, labels)) continue;
    const below = walk(route.routes, labels);
    found.push(...(below.length > 0 ? below : [route.name ?? '']));
    if (!route.continue) break;
  }
  return found;
}

test('finds with its indexes what a plain walk over the tree finds', () => {
  const labelName = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('', '1', '2', '3', '1|2', '|3', '1|', '.', '[12]');
  const matcher: fc.Arbitrary<Matcher> = fc
    .record({
      name: labelName,
      operator: fc.constantFrom('=' as const, '=' as const, ...matchOperators),
      value,
    })
    .map(createMatcher);
  const { routes } = fc.letrec<{ routes: RouteConfig[] }>((tie) => ({
    routes: fc.array(
      fc
        .record({
          match: fc.array(matcher, { maxLength: 3 }),
          continue: fc.boolean(),
          routes: fc.oneof({ maxDepth: 2, depthIdentifier: 'routes' }, fc.constant([]), tie('routes')),
        })
        .map(({ match, ...rest }) => ({ ...aRoute(rest), match })),
      { maxLength: 12, depthIdentifier: 'routes' },
    ),
  }));
  const labels = fc.dictionary(labelName, fc.constantFrom('', '1', '2', '3', '.', '1|2'));
  let nested = 0;
  fc.assert(
    fc.property(routes, fc.array(labels, { minLength: 1, maxLength: 20 }), (some, samples) => {
      const named = withNames([...some, aRoute()], 'r');
      const router = compileRoutes(named);
      for (const sample of samples) {
        const taken = router.route(alert(sample)).map(({ route }) => route);
        expect(taken).toEqual(walk(named, sample));
        expect(taken.length).toBeGreaterThan(0);
        expect(new Set(taken).size).toBe(taken.length);
        if (taken.length > 1 && taken.some((name) => name.split('-').length > 2)) nested += 1;
      }
    }),
    { numRuns: 2_000 },
  );
  expect(nested).toBeGreaterThan(100);
});

function withNames(routes: readonly RouteConfig[], above: string): RouteConfig[] {
  return routes.map((route, index) => {
    const name = `${above}-${index}`;
    return { ...route, name, routes: withNames(route.routes, name) };
  });
}
