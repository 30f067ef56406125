import { createLogger, type Logger } from '../../telemetry/logger.ts';

/** For tests that prove behaviour, which is never read from the log. */
export function quietLogger(): Logger {
  return createLogger({ process: 'test', level: 'silent' });
}
