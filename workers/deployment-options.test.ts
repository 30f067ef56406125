import { expect, test } from 'vitest';
import { deploymentOptionsOf } from './deployment-options.ts';

const build = { deploymentName: 'tocsin', buildId: '1' };

test('without a build there is no versioning', () => {
  expect(deploymentOptionsOf(undefined, 'sagas')).toEqual({});
});

test('sagas stay with their build, projections do not', () => {
  const behaviorOf = (runs: 'sagas' | 'projections') =>
    deploymentOptionsOf(build, runs).workerDeploymentOptions?.defaultVersioningBehavior;
  expect([behaviorOf('sagas'), behaviorOf('projections')]).toEqual(['PINNED', 'AUTO_UPGRADE']);
});
