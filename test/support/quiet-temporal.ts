import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Workers of a test file speak up only when something is wrong. Call it before any connection is made. */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'off', forward: {} } },
    shutdownSignals: [],
  });
}
