import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLocalPace } from './local-pace.ts';

const pace = { key: 'C01', everyMs: 1_000 };
const patient = { maxWaitMs: 60_000, holdMs: 4_000 };

function aRow() {
  const clock = { nowMs: 1_000_000 };
  const reserve = createLocalPace(() => clock.nowMs);
  return {
    clock,
    reserve,
    ask: (key: string, changes = {}) => reserve({ pace, key, ...patient, ...changes }),
  };
}

describe('a row', () => {
  it('lets the first through and the others wait for one another', async () => {
    const { ask } = aRow();
    const places = [];
    for (const key of ['a', 'b', 'c']) places.push(await ask(key));
    expect(places).toEqual([0, 1_000, 2_000].map((waitMs) => ({ kind: 'place', waitMs })));
  });

  it('keeps the place of who comes again', async () => {
    const { ask, clock } = aRow();
    for (let count = 0; count < 8; count += 1) await ask(`${count}`);
    expect(await ask('late')).toEqual({ kind: 'place', waitMs: 8_000 });
    clock.nowMs += 5_000;
    expect(await ask('late')).toEqual({ kind: 'place', waitMs: 3_000 });
    expect(await ask('later')).toEqual({ kind: 'place', waitMs: 4_000 });
  });

  it('gives a new place to who missed its own', async () => {
    const { ask, clock } = aRow();
    for (let count = 0; count < 8; count += 1) await ask(`${count}`);
    await ask('late');
    clock.nowMs += 9_500;
    expect(await ask('late')).toEqual({ kind: 'place', waitMs: 0 });
    clock.nowMs += 100;
    expect(await ask('next')).toEqual({ kind: 'place', waitMs: 900 });
  });

  it('has no place for who cannot wait so long, and keeps none', async () => {
    const { ask } = aRow();
    for (let count = 0; count < 5; count += 1) await ask(`${count}`);
    expect(await ask('hasty', { maxWaitMs: 4_999 })).toEqual({ kind: 'full' });
    expect(await ask('patient')).toEqual({ kind: 'place', waitMs: 5_000 });
  });

  it('is beside every other row', async () => {
    const { ask } = aRow();
    await ask('a');
    const other = { pace: { key: 'C02', everyMs: 1_000 } };
    expect(await ask('a', other)).toEqual({ kind: 'place', waitMs: 0 });
  });

  it('never lets two through within its pause, whenever they come', async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (pauses) => {
        const { ask, clock } = aRow();
        const starts: number[] = [];
        for (const [index, pauseMs] of pauses.entries()) {
          clock.nowMs += pauseMs;
          const place = await ask(`${index}`, { holdMs: 60_000 });
          if (place.kind === 'place') starts.push(clock.nowMs + place.waitMs);
        }
        const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
        for (const gapMs of gaps) expect(gapMs).toBeGreaterThanOrEqual(pace.everyMs);
      }),
    );
  });
});
