import { expect, it } from 'vitest';
import { createPlaces } from './places.ts';

const never = new AbortController().signal;

it('gives out as many places as there are, and then in the order of asking', async () => {
  const places = createPlaces(2);
  const [first] = [await places.take(never), await places.take(never)];
  const came: string[] = [];
  const second = places.take(never).then((giveBack) => {
    came.push('second');
    return giveBack;
  });
  const third = places.take(never).then(() => void came.push('third'));
  await Promise.resolve();
  expect(came).toEqual([]);
  first();
  const giveBack = await second;
  expect(came).toEqual(['second']);
  giveBack();
  await third;
  expect(came).toEqual(['second', 'third']);
});

it('lets nobody wait who has been cancelled, and keeps no place for them', async () => {
  const places = createPlaces(1);
  const giveBack = await places.take(never);
  const controller = new AbortController();
  const cancelled = places.take(controller.signal);
  const next = places.take(never);
  controller.abort();
  await expect(cancelled).rejects.toThrow('stopped');
  giveBack();
  (await next)();
  expect(await places.take(never)).toBeTypeOf('function');
});

it('gives no place to who comes too late', async () => {
  await expect(createPlaces(1).take(AbortSignal.abort())).rejects.toThrow();
});
