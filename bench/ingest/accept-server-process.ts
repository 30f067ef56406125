import { openAcceptPath } from '../../api/accept-path.ts';
import { createFakeApp } from '../../api/fake-app.ts';
import { listen } from '../../api/listen.ts';
import { loadActiveConfig } from '../../config/active-config.ts';
import { withVersion } from '../../config/snapshot.ts';
import { registerConfig } from '../../store/config-versions.ts';
import { assertDurable, openDatabase } from '../../store/database.ts';
import { createEventLog } from '../../store/event-log.ts';
import { migrate } from '../../store/migrate.ts';
import { createProcessClock } from '../../store/process-clock.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createAlertViewFolder } from '../../views/alert-view-folder.ts';

// What `tocsin server` is made of from HTTP to the event log, and the fold of the alert views; without dispatch, hence
// without Temporal. Everything else that the application could be asked for is a stand-in, and nobody asks.

const url = process.env.DATABASE_URL ?? '';
const logger = createLogger({ process: 'server', level: 'warn' });
const metrics = createMetrics({ processMetrics: true });
const now = () => Date.now();

await using open = new AsyncDisposableStack();
const database = open.adopt(openDatabase({ url, logger, applicationName: 'tocsin-server' }), (it) =>
  it.close(),
);
await assertDurable(database);
await migrate(database);
const clock = createProcessClock({ now, logger, metrics });
const log = createEventLog(database, { clock });
const { config: loaded } = await loadActiveConfig(process.env);
const config = withVersion(loaded, await registerConfig(database, loaded));
const shared = { url, database, log, config: () => config, logger, metrics, now };
const path = open.adopt(
  await openAcceptPath({ ...shared, clock, version: 'bench', isClockHolder: () => false }),
  (it) => it.close(),
);
const { lane } = path.writer;
const folder = open.adopt(createAlertViewFolder({ ...shared, lane }), (it) => it.close());
path.writer.onCommitted((events) => folder.accept(events));
const app = open.adopt(createFakeApp({ receiver: path.receiver, logger, metrics, now }).app, (it) =>
  it.close(),
);
const { port } = await listen(app, config.listen);

const stopped = Promise.withResolvers<void>();
process.once('SIGTERM', () => stopped.resolve());
process.once('disconnect', () => stopped.resolve());
process.send?.({ port });
await stopped.promise;
process.disconnect?.();
