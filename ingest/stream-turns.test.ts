import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createStreamTurns } from './stream-turns.ts';

test('batches of one stream follow each other in the order in which they came, others run side by side', async () => {
  const batches = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), batches, async (scheduler, all) => {
      const turns = createStreamTurns();
      const busy = new Set<string>();
      const order = new Map<string, number[]>();
      const done = all.map((streams, index) =>
        turns
          .take(streams, async () => {
            for (const stream of streams) {
              expect(busy.has(stream)).toBe(false);
              busy.add(stream);
              order.set(stream, [...(order.get(stream) ?? []), index]);
            }
            await scheduler.schedule(Promise.resolve());
            for (const stream of streams) busy.delete(stream);
            if (index % 3 === 0) throw new Error('this batch fails');
          })
          .catch(() => undefined),
      );
      await scheduler.waitFor(Promise.all(done));
      for (const indexes of order.values()) expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
      expect([...order.values()].flat()).toHaveLength(all.flat().length);
    }),
  );
});

test('a batch does not wait for streams that are not its own', async () => {
  const turns = createStreamTurns();
  const gate = Promise.withResolvers<void>();
  const first = turns.take(['a'], () => gate.promise);
  await turns.take(['b'], async () => undefined);
  gate.resolve();
  await first;
});
