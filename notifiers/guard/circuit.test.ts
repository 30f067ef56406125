import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendResult } from '../../domain/policy/notification.ts';
import { type Circuit, type CircuitState, createCircuit } from './circuit.ts';

const delivered: SendResult = { outcome: 'delivered', providerId: 'm' };
const broken: SendResult = { outcome: 'retry', reason: 'answered 503', status: 503 };

describe('a circuit', () => {
  let circuit: Circuit;
  let states: [CircuitState, boolean][];

  beforeEach(() => {
    vi.useFakeTimers();
    states = [];
    circuit = createCircuit({ now: Date.now, onChange: (state, byOther) => states.push([state, byOther]) });
  });
  afterEach(() => {
    circuit.close();
    vi.useRealTimers();
  });

  async function send(result: SendResult, times = 1): Promise<(SendResult | undefined)[]> {
    const answers = [];
    for (let count = 0; count < times; count += 1) answers.push(await circuit.send(async () => result));
    return answers;
  }

  it('opens at the fifth of five faults, and then sends nothing', async () => {
    expect(await send(broken, 4)).toEqual(Array(4).fill(broken));
    expect(circuit.isOpen()).toBe(false);
    await send(broken);
    expect(circuit.isOpen()).toBe(true);
    expect(await send(delivered)).toEqual([undefined]);
    expect(states).toEqual([['open', false]]);
  });

  it.each([
    ['a connection that is refused', { outcome: 'retry', reason: 'ECONNREFUSED' }],
    ['an unknown outcome', { outcome: 'unknown', reason: 'ECONNRESET' }],
    ['500', { outcome: 'retry', reason: 'answered 500', status: 500 }],
    ['408', { outcome: 'retry', reason: 'answered 408', status: 408 }],
  ] as const)('counts %s', async (_name, result) => {
    await send(result, 5);
    expect(circuit.isOpen()).toBe(true);
  });

  it.each([
    ['a page that is refused', { outcome: 'rejected', reason: 'answered 400', status: 400 }],
    ['429', { outcome: 'retry', reason: 'answered 429', status: 429 }],
  ] as const)('does not count %s', async (_name, result) => {
    await send(result, 50);
    expect(circuit.isOpen()).toBe(false);
  });

  it('stays closed while half of the messages arrive', async () => {
    for (let count = 0; count < 50; count += 1) await send(count % 2 === 0 ? delivered : broken);
    expect(circuit.isOpen()).toBe(false);
  });

  it('forgets faults that are older than its window', async () => {
    await send(broken, 4);
    vi.advanceTimersByTime(11_000);
    await send(broken, 4);
    expect(circuit.isOpen()).toBe(false);
  });

  it('lets one message try it after two seconds, and closes when that arrives', async () => {
    await send(broken, 5);
    vi.advanceTimersByTime(1_900);
    expect(await send(delivered)).toEqual([undefined]);
    vi.advanceTimersByTime(200);
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    const probe = circuit.send(() => promise);
    expect(circuit.isOpen()).toBe(true);
    expect(await send(delivered)).toEqual([undefined]);
    resolve(delivered);
    expect(await probe).toEqual(delivered);
    expect(circuit.isOpen()).toBe(false);
    expect(states.map(([state]) => state)).toEqual(['open', 'half_open', 'closed']);
  });

  it('is tried often for a minute, and then every ten seconds', async () => {
    await send(broken, 5);
    const tries = [];
    for (let second = 0; second < 120; second += 1) {
      vi.advanceTimersByTime(1_000);
      if (circuit.isOpen()) continue;
      tries.push(second);
      await send(broken);
    }
    expect(tries.filter((second) => second < 60).length).toBeGreaterThanOrEqual(29);
    expect(tries.filter((second) => second >= 66).length).toBeLessThanOrEqual(6);
    expect(tries.filter((second) => second >= 66).length).toBeGreaterThanOrEqual(4);
  });

  it('takes what is usual for an account into account', async () => {
    // seven in ten fail, slice after slice, which no other rule may stop here: each slice stays below five calls
    for (let slice = 0; slice < 30; slice += 1) {
      vi.advanceTimersByTime(10_000);
      for (const result of [broken, broken, delivered]) await send(result);
      circuit.endSlice();
    }
    circuit.refresh();
    vi.advanceTimersByTime(10_000);
    for (const result of [delivered, broken, broken, delivered, broken, broken]) await send(result);
    expect(circuit.isOpen()).toBe(false);
    await send(broken, 6);
    expect(circuit.isOpen()).toBe(true);
  });

  it('follows another worker, and does not tell it as news of its own', async () => {
    circuit.follow('open');
    expect(await send(delivered)).toEqual([undefined]);
    circuit.follow('closed');
    expect(await send(delivered)).toEqual([delivered]);
    expect(states).toEqual([
      ['open', true],
      ['closed', true],
    ]);
  });

  it('passes on what a notifier should never throw', async () => {
    await expect(circuit.send(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  });
});
