import type { Notifier } from '../../domain/policy/notification.ts';
import { consoleLine } from './console-line.ts';

export interface ConsoleNotifierOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Default: `resend`. */
  readonly onUnknown?: Notifier['onUnknown'];
}

/** Prints pages to a terminal: for the demo, and for trying a policy. What was printed is taken back by one more line. */
export function createConsoleNotifier({ write, onUnknown = 'resend' }: ConsoleNotifierOptions): Notifier {
  return {
    provider: 'console',
    account: 'terminal',
    isIdempotent: false,
    onUnknown,
    canUndo: true,
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
