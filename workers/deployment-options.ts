import type { WorkerDeploymentOptions } from '@temporalio/worker';

export interface WorkerBuild {
  readonly deploymentName: string;
  readonly buildId: string;
}

type VersionedOptions = { readonly workerDeploymentOptions: WorkerDeploymentOptions };

/**
 * Temporal's worker versioning, only where a build is named. `sagas`: an open incident stays with the build that opened
 * it. `projections`: nothing of theirs must stay as it was, so each goes on with the newest build.
 */
export function deploymentOptionsOf(
  build: WorkerBuild | undefined,
  runs: 'sagas' | 'projections',
): VersionedOptions | Record<string, never> {
  if (build === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: build,
      useWorkerVersioning: true,
      defaultVersioningBehavior: runs === 'sagas' ? 'PINNED' : 'AUTO_UPGRADE',
    },
  };
}
