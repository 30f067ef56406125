import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.ts';

/** What Temporal's runtime has to say, as lines of our own log; its news about ordinary states stays out. */
export function createTemporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const details = { ...meta, ...(meta?.error !== undefined && { err: meta.error }) };
    if (level === 'ERROR') logger.error(details, message);
    else if (!isExpected(message)) logger.warn(details, message);
  });
}

/** A worker without workflows is what a notifier's queue wants. */
function isExpected(message: string): boolean {
  return message.startsWith('No workflows registered');
}
