import type { SupervisorEvent } from './supervisor.ts';

const nameColumns = 10;
const maxReasonChars = 300;

/** `name  text`, aligned. */
export function row(name: string, text: string): string {
  return `${name.padEnd(nameColumns)}${text}`;
}

const pageLine = /^(?:PAGE|UPDATE|RESOLVED) /;

/** The lines of a worker that are meant for the human at the terminal. */
export function isPageLine(line: string): boolean {
  return pageLine.test(line);
}

/** Alert text is hostile: nothing that could move a cursor or colour a terminal gets through. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, '\u{FFFD}');
}

/** One line for the terminal; undefined where there is nothing to tell. */
export function describeEvent(event: SupervisorEvent): string | undefined {
  switch (event.kind) {
    case 'started':
      return event.restarts === 0 ? undefined : row(event.name, `is back (pid ${event.pid})`);
    case 'died': {
      const lastLine = (event.logTail.split('\n').at(-1) ?? '').slice(0, maxReasonChars);
      return row(
        event.name,
        `died (${event.how}), restart in ${event.restartInMs} ms; its log ends with: ${printable(lastLine)}`,
      );
    }
    case 'start_failed':
      return row(
        event.name,
        `did not start, next try in ${event.restartInMs} ms: ${describeError(event.error)}`,
      );
    case 'stopped':
      return row(event.name, 'stopped');
    default:
      return event satisfies never;
  }
}

/** The message and those of its causes; where closing up failed as well, the first failure comes first. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SuppressedError)
    return `${describeError(error.suppressed)}; then ${describeError(error.error)}`;
  return error.cause === undefined ? error.message : `${error.message}: ${describeError(error.cause)}`;
}
