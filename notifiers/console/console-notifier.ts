import type { Notifier } from '../../domain/policy/notification.ts';
import { consoleLine } from './console-line.ts';

export interface ConsoleNotifierOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
}

/** Prints pages to a terminal: for the demo, and for trying a policy. */
export function createConsoleNotifier({ write }: ConsoleNotifierOptions): Notifier {
  return {
    provider: 'console',
    async send(request, { signal }) {
      if (signal.aborted) return { outcome: 'retry', reason: 'cancelled' };
      try {
        write(consoleLine(request));
      } catch {
        return { outcome: 'retry', reason: 'the terminal could not be written to' };
      }
      return { outcome: 'delivered', providerId: request.key };
    },
  };
}
