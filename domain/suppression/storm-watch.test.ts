import { describe, expect, test } from 'vitest';
import type { RouteTaken } from '../events/alert-events.ts';
import { incidentWorkflowIdOf } from '../ids.ts';
import { limits } from '../limits.ts';
import type { StormRule } from './rules.ts';
import { createStormWatch } from './storm-watch.ts';

const rule: StormRule = { threshold: 3, withinMs: 1_000, waitMs: 5_000 };

function group(name: string, route = 'r'): RouteTaken {
  const groupLabels = { instance: name };
  const workflowId = incidentWorkflowIdOf({ tenant: 'default', route, groupLabels });
  return { route, policy: 'p', groupLabels, workflowId, groupWaitMs: 30_000 };
}

/** `own` or `storm` for each group that comes at its instant. */
function play(steps: readonly (readonly [number, string])[], watch = createStormWatch()): string[] {
  return steps.map(([nowMs, name]) => {
    const route = group(name);
    return watch.redirect(route, { rule, tenant: 'default', nowMs }) === route ? 'own' : 'storm';
  });
}

test('above the threshold, new groups go to one incident, which gathers for a while', () => {
  const watch = createStormWatch();
  const options = { rule, tenant: 'default', nowMs: 0 };
  for (const name of ['a', 'b', 'c']) expect(watch.redirect(group(name), options)).toEqual(group(name));
  const [one, two] = ['d', 'e'].map((name) => watch.redirect(group(name), options));
  expect(one).toEqual({
    route: 'r',
    policy: 'p',
    groupLabels: { tocsin_storm: 'true' },
    workflowId: incidentWorkflowIdOf({
      tenant: 'default',
      route: 'r',
      groupLabels: { tocsin_storm: 'true' },
    }),
    groupWaitMs: 5_000,
  });
  expect(two).toEqual(one);
  expect(watch.redirect(group('f'), { ...options, rule: { ...rule, waitMs: 0 } })).not.toHaveProperty(
    'groupWaitMs',
  );
});

describe('a timetable: 3 new groups a second', () => {
  test('groups that are known keep their own incident in the middle of the storm', () => {
    expect(
      play([
        [0, 'a'],
        [0, 'b'],
        [0, 'c'],
        [1, 'd'],
        [2, 'a'],
        [3, 'b'],
        [4, 'd'],
        [5, 'e'],
      ]),
    ).toEqual(['own', 'own', 'own', 'storm', 'own', 'own', 'storm', 'storm']);
  });

  test('many alerts of few groups are no storm', () => {
    const steps = Array.from({ length: 100 }, (_, index) => [index, `g${index % 3}`] as const);
    expect(new Set(play(steps))).toEqual(new Set(['own']));
    const two = Array.from({ length: 100 }, (_, index) => [index, `g${index % 2}`] as const);
    expect(new Set(play([...two, [100, 'new']]))).toEqual(new Set(['own']));
  });

  test('slow new groups are no storm', () => {
    const steps = Array.from({ length: 20 }, (_, index) => [index * 400, `g${index}`] as const);
    expect(new Set(play(steps))).toEqual(new Set(['own']));
  });

  test('goes on as long as groups come fast, and ends when they come slower', () => {
    const fast = Array.from({ length: 10 }, (_, index) => [index * 300, `g${index}`] as const);
    expect(play([...fast, [2_900, 'x'], [3_700, 'y'], [4_700, 'z']])).toEqual([
      'own',
      'own',
      'own',
      'storm',
      'storm',
      'storm',
      'storm',
      'storm',
      'storm',
      'storm',
      'storm',
      // at 3,700 only two new groups are younger than a second
      'own',
      'own',
    ]);
  });

  test('a group that the storm hid gets its own incident once the storm is over', () => {
    expect(
      play([
        [0, 'a'],
        [0, 'b'],
        [0, 'c'],
        [0, 'd'],
        [500, 'd'],
        [1_001, 'd'],
        [1_002, 'd'],
      ]),
    ).toEqual(['own', 'own', 'own', 'storm', 'storm', 'own', 'own']);
  });

  test('a group that was not seen for the window is new again', () => {
    expect(
      play([
        [0, 'a'],
        [1_500, 'b'],
        [1_600, 'c'],
        [1_700, 'd'],
        [1_800, 'a'],
      ]),
    ).toEqual(['own', 'own', 'own', 'own', 'storm']);
  });
});

test('routes and tenants are watched apart', () => {
  const watch = createStormWatch();
  for (const name of ['a', 'b', 'c']) watch.redirect(group(name), { rule, tenant: 'default', nowMs: 0 });
  const isOwn = (route: RouteTaken, tenant: string) =>
    watch.redirect(route, { rule, tenant, nowMs: 0 }) === route;
  expect(isOwn(group('d', 'other'), 'default')).toBe(true);
  expect(isOwn(group('d'), 'other')).toBe(true);
  expect(isOwn(group('d'), 'default')).toBe(false);
});

test('another threshold after a reload is taken up', () => {
  const watch = createStormWatch();
  const isOwn = (name: string, threshold: number) => {
    const route = group(name);
    return watch.redirect(route, { rule: { ...rule, threshold }, tenant: 'default', nowMs: 0 }) === route;
  };
  expect(['a', 'b', 'c', 'd'].map((name) => isOwn(name, 3))).toEqual([true, true, true, false]);
  expect(['e', 'f', 'g'].map((name) => isOwn(name, 5))).toEqual([true, false, false]);
  expect(['h', 'i', 'j'].map((name) => isOwn(name, 2))).toEqual([false, false, false]);
});

test('ten thousand groups at once make as many own incidents as the threshold says', () => {
  const watch = createStormWatch();
  let own = 0;
  for (let index = 0; index < limits.maxStormGroups * 2; index += 1) {
    const route = group(`g${index}`);
    if (watch.redirect(route, { rule, tenant: 'default', nowMs: index / 100 }) === route) own += 1;
  }
  expect(own).toBe(rule.threshold);
});
