import { expect, it } from 'vitest';
import type { PartState } from './ports.ts';
import { createReadiness, type Probe } from './readiness.ts';

function aSystem(initial: Record<string, PartState> = {}) {
  const clock = { ms: 0 };
  const looks = { count: 0 };
  const parts = new Map<string, PartState>(
    Object.entries({ postgres: 'ok', lane: 'ok', temporal: 'ok', worker: 'ok', redis: 'ok', ...initial }),
  );
  const probe =
    (name: string): Probe =>
    () => {
      looks.count += 1;
      return parts.get(name) ?? 'down';
    };
  const readiness = createReadiness({
    required: { postgres: probe('postgres'), lane: probe('lane') },
    warmUp: { temporal: probe('temporal'), worker: probe('worker') },
    reported: { redis: probe('redis') },
    now: () => clock.ms,
    probeTimeoutMs: 50,
    reuseMs: 500,
  });
  const check = () => {
    clock.ms += 1_000;
    return readiness.check();
  };
  return { parts, looks, clock, readiness, check };
}

it.each(['postgres', 'lane', 'temporal', 'worker'])('is not ready before %s was there', async (part) => {
  const { parts, check } = aSystem({ [part]: 'down' });
  expect(await check()).toMatchObject({ ready: false, degraded: [part] });
  parts.set(part, 'ok');
  expect(await check()).toMatchObject({ ready: true, degraded: [] });
});

it('wants everything there at once, not one after the other', async () => {
  const { parts, check } = aSystem({ worker: 'down' });
  await check();
  parts.set('temporal', 'down').set('worker', 'ok');
  expect(await check()).toMatchObject({ ready: false });
});

it.each(['temporal', 'worker'])('stays ready without %s once it was warm, and says so', async (part) => {
  const { parts, check } = aSystem();
  await check();
  parts.set(part, 'down');
  expect(await check()).toMatchObject({ ready: true, degraded: [part], parts: { [part]: 'down' } });
});

it.each(['postgres', 'lane'])('is not ready without %s, however warm', async (part) => {
  const { parts, check } = aSystem();
  await check();
  parts.set(part, 'down');
  expect(await check()).toMatchObject({ ready: false, degraded: [part] });
});

it('tells about Redis and never waits for it', async () => {
  const down = aSystem({ redis: 'down' });
  expect(await down.check()).toMatchObject({ ready: true, degraded: ['redis'] });
  const off = aSystem({ redis: 'off' });
  expect(await off.check()).toMatchObject({ ready: true, degraded: [], parts: { redis: 'off' } });
});

it('takes a probe that throws or hangs for a part that is down', async () => {
  const hangs = () => new Promise<PartState>(() => {});
  const throws = () => {
    throw new Error('broken');
  };
  const rejects = async () => Promise.reject(new Error('broken'));
  const readiness = createReadiness({
    required: { postgres: throws, lane: rejects },
    warmUp: { temporal: hangs, worker: () => 'ok' },
    reported: {},
    now: () => 0,
    probeTimeoutMs: 10,
    reuseMs: 0,
  });
  const parts = { postgres: 'down', lane: 'down', temporal: 'down', worker: 'ok' };
  expect(await readiness.check()).toEqual({
    ready: false,
    degraded: ['postgres', 'lane', 'temporal'],
    parts,
  });
});

it('looks once for all who ask at the same time, and once more when its answer is old', async () => {
  const { readiness, looks, clock } = aSystem();
  await Promise.all(Array.from({ length: 100 }, () => readiness.check()));
  expect(looks.count).toBe(5);
  clock.ms += 499;
  await readiness.check();
  expect(looks.count).toBe(5);
  clock.ms += 1;
  await readiness.check();
  expect(looks.count).toBe(10);
});
