import { expect, test } from 'vitest';
import { createPacer } from './pacer.ts';

function aPacer() {
  const clock = { nowMs: 1_000_000 };
  const pacer = createPacer({ now: () => clock.nowMs, random: () => 0.5, resume: () => {} });
  return { clock, pacer };
}

test('holds back for longer with each failure, until something succeeds', () => {
  const { clock, pacer } = aPacer();
  expect(pacer.isHeld()).toBe(false);
  expect(pacer.failed()).toBe(true);
  clock.nowMs += 99;
  expect(pacer.isHeld()).toBe(true);
  clock.nowMs += 1;
  expect(pacer.isHeld()).toBe(false);
  expect(pacer.failed()).toBe(false);
  clock.nowMs += 199;
  expect(pacer.isHeld()).toBe(true);
  clock.nowMs += 1;
  pacer.succeeded();
  expect(pacer.failed()).toBe(true);
  clock.nowMs += 100;
  expect(pacer.isHeld()).toBe(false);
});

test('holds nothing back for long when the clock of the machine is put back', () => {
  const { clock, pacer } = aPacer();
  for (let count = 0; count < 10; count += 1) pacer.failed();
  expect(pacer.isHeld()).toBe(true);
  clock.nowMs -= 3_600_000;
  expect(pacer.isHeld()).toBe(false);
});
