import type { ReplayProgress } from '../workers/replay.ts';

export interface ProgressPrinterOptions {
  /** A bar that is drawn over, or a line now and then for a log. */
  readonly isTerminal: boolean;
  readonly print: (text: string) => void;
  /** Milliseconds, of any clock that only goes on. */
  readonly now: () => number;
}

export interface ProgressPrinter {
  show(progress: ReplayProgress): void;
  /** Leaves the cursor on a line of its own. */
  end(): void;
}

const barColumns = 30;
const redrawMs = 200;
const lineMs = 5_000;

/** Tells how far a replay is, how fast, and how long the rest takes at this speed. */
export function createProgressPrinter({ isTerminal, print, now }: ProgressPrinterOptions): ProgressPrinter {
  const startedMs = now();
  const everyMs = isTerminal ? redrawMs : lineMs;
  let shownMs = startedMs;
  let hasDrawn = false;
  return {
    show(progress) {
      if (now() - shownMs < everyMs) return;
      shownMs = now();
      const text = progressText(progress, shownMs - startedMs);
      // back to the start of the line, and whatever is left of the older text is erased
      print(isTerminal ? `\r${barOf(progress)} ${text}\u001b[K` : `${text}\n`);
      hasDrawn = true;
    },
    end() {
      if (isTerminal && hasDrawn) print('\n');
    },
  };
}

function barOf({ done, total }: ReplayProgress): string {
  const filled = Math.floor((barColumns * done) / Math.max(total, 1));
  return `[${'#'.repeat(filled)}${'.'.repeat(barColumns - filled)}]`;
}

export function progressText(progress: ReplayProgress, elapsedMs: number): string {
  const { done, total, events, views, resumed } = progress;
  const seconds = Math.max(elapsedMs, 1) / 1_000;
  const share = Math.floor((100 * done) / Math.max(total, 1));
  const parts = [`${share} %`, `${thousands(events)} events`, `${thousands(events / seconds)}/s`];
  if (views > 0) parts.push(`${thousands(views)} views`, `${thousands(views / seconds)}/s`);
  const ownDone = done - resumed;
  if (done < total && ownDone > 0) parts.push(`${durationOf(((total - done) * seconds) / ownDone)} left`);
  return parts.join(', ');
}

function thousands(number: number): string {
  return Math.round(number)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

function durationOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
