import { type Database, openDatabase } from '../../store/database.ts';
import { createEventLog, type EventLog } from '../../store/event-log.ts';
import { type LaneWriter, type LaneWriterOptions, openLaneWriter } from '../../store/lane-writer.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A migrated database of its own with what the store offers on top; everything is closed when it is disposed. */
export interface TestStore extends AsyncDisposable {
  readonly test: TestDatabase;
  readonly url: string;
  readonly database: Database;
  readonly log: EventLog;
  readonly openWriter: (options?: Partial<LaneWriterOptions>) => Promise<LaneWriter>;
}

export const silent = createLogger({ process: 'test', level: 'silent' });

export async function openTestStore(adminUrl?: string): Promise<TestStore> {
  const test = await createTestDatabase(adminUrl);
  const database = openDatabase({ url: test.url, logger: silent, applicationName: 'test' });
  await migrate(database);
  const writers: LaneWriter[] = [];
  return {
    test,
    url: test.url,
    database,
    log: createEventLog(database),
    async openWriter(options = {}) {
      const writer = await openLaneWriter({
        url: test.url,
        kind: 'ingest',
        owner: 'test',
        path: 'copy',
        logger: silent,
        metrics: createMetrics(),
        now: Date.now,
        ...options,
      });
      writers.push(writer);
      return writer;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(writers.map((writer) => writer.close()));
      await database.close();
      await test[Symbol.asyncDispose]();
    },
  };
}
