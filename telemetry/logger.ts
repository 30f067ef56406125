import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Record<string, unknown>): Logger;
};

export interface LoggerOptions {
  /** Which process speaks: `server`, `worker`. */
  readonly process: string;
  readonly level?: string;
}

/** One JSON line per decision or batch on stdout, never one per event. */
export function createLogger({ process: name, level = 'info' }: LoggerOptions): Logger {
  return pino({
    level,
    base: { process: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['token', 'secret', 'key', 'authorization', '*.token', '*.secret', '*.authorization'],
      censor: '[secret]',
    },
  });
}
