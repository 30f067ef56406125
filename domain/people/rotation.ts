import { firstInstantOf, type Moment } from './local-time.ts';
import type { Rotation } from './people.ts';

const hourMs = 3_600_000;
const unitMs = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;

/** One turn of a rotation; epoch milliseconds, the end excluded. */
export interface Turn {
  /** From 0. */
  readonly number: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A rotation from its start on, which is local, see local-time.ts. */
export interface RunningRotation {
  readonly localStartMs: number;
  readonly rotation: Rotation;
}

/**
 * The turn that is on at an instant after the start. Turns follow each other by the wall: a daily handoff at 09:00 stays
 * at 09:00 when clocks change, a monthly one on the 31st is on the last day of shorter months. Calculated, not counted
 * up, so that a rotation may be as old as it likes.
 */
export function turnAt(running: RunningRotation, { timeZone, epochMs, localMs }: Moment): Turn {
  const startOf = (number: number) => firstInstantOf(timeZone, localMsOfTurn(running, number));
  let number = estimateTurn(running, localMs);
  let fromMs = startOf(number);
  let untilMs = startOf(number + 1);
  // the estimate misses where the wall shows an hour twice, and at the end of a short month
  while (epochMs < fromMs) {
    number -= 1;
    untilMs = fromMs;
    fromMs = startOf(number);
  }
  while (epochMs >= untilMs) {
    number += 1;
    fromMs = untilMs;
    untilMs = startOf(number + 1);
  }
  return { number, fromMs, untilMs };
}

function estimateTurn({ localStartMs, rotation: { unit, every } }: RunningRotation, localMs: number): number {
  if (unit !== 'month') return Math.floor((localMs - localStartMs) / (every * unitMs[unit]));
  return Math.floor((monthsOf(new Date(localMs)) - monthsOf(new Date(localStartMs))) / every);
}

/** Always counted from the first turn: one that was cut to a short month does not shorten those after it. */
function localMsOfTurn({ localStartMs, rotation: { unit, every } }: RunningRotation, number: number): number {
  if (unit !== 'month') return localStartMs + number * every * unitMs[unit];
  const start = new Date(localStartMs);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + number * every];
  const lengthOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(start.getUTCDate(), lengthOfMonth);
  return Date.UTC(year, month, day, start.getUTCHours(), start.getUTCMinutes());
}

function monthsOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
