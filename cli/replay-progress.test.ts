import { expect, test } from 'vitest';
import { createProgressPrinter, progressText } from './replay-progress.ts';

const progress = { done: 50_000, total: 200_000, events: 40_000, views: 0, resumed: 10_000 };

test('says how far, how fast and how long, by what this run has done itself', () => {
  expect(progressText(progress, 2_000)).toBe('25 %, 40,000 events, 20,000/s, 8 s left');
  expect(progressText({ ...progress, views: 10_000 }, 500)).toBe(
    '25 %, 40,000 events, 80,000/s, 10,000 views, 20,000/s, 2 s left',
  );
  expect(progressText({ ...progress, done: 200_000, resumed: 0 }, 120_000)).toBe(
    '100 %, 40,000 events, 333/s',
  );
});

test('an empty log is no division by zero', () => {
  expect(progressText({ done: 0, total: 0, events: 0, views: 0, resumed: 0 }, 0)).toBe('0 %, 0 events, 0/s');
});

function printed(isTerminal: boolean): string[] {
  const texts: string[] = [];
  let nowMs = 0;
  const printer = createProgressPrinter({ isTerminal, print: (text) => texts.push(text), now: () => nowMs });
  for (const ms of [0, 100, 250, 300, 6_000, 6_100]) {
    nowMs = ms;
    printer.show(progress);
  }
  printer.end();
  return texts;
}

test('a terminal gets a bar that is drawn over a few times a second', () => {
  const texts = printed(true);
  expect(texts).toHaveLength(3);
  expect(texts[0]).toMatch(/^\r\[#{7}\.{23}\] 25 %/);
  expect(texts.at(-1)).toBe('\n');
});

test('a log gets a plain line now and then', () => {
  const texts = printed(false);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(/^25 %.*\n$/);
});
