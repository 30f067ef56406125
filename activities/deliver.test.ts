import { describe, expect, it } from 'vitest';
import type { NotificationKind } from '../domain/events/incident-events.ts';
import { limits } from '../domain/limits.ts';
import type { SendResult } from '../domain/policy/notification.ts';
import { createDeliveryStage } from '../test/support/delivery-stage.ts';
import type { DeliverDeps, DeliveryPoint } from './deliver.ts';
import { noGuard } from './delivery-guard.ts';

const retry: SendResult = { outcome: 'retry', reason: 'answered 503', status: 503 };
const unknown: SendResult = { outcome: 'unknown', reason: 'the connection broke (ECONNRESET)' };
const rejected: SendResult = { outcome: 'rejected', reason: 'answered 400', status: 400 };
const delivered: SendResult = { outcome: 'delivered', providerId: 'message-1' };

describe('attempts', () => {
  it.each([1, 2, 3, 4, 5])('delivers at attempt %d', async (attempt) => {
    const stage = createDeliveryStage();
    stage.notifier.answer('ops', ...Array<SendResult>(attempt - 1).fill(retry), delivered);
    const end = await stage.runToEnd();
    expect(end).toEqual({ kind: 'delivered', providerId: 'message-1', attempts: attempt });
    expect(stage.notifier.sent.map((sent) => sent.attempt)).toEqual(
      Array.from({ length: attempt }, (_, index) => index + 1),
    );
    expect((await stage.attempts()).map(({ outcome }) => outcome)).toEqual([
      ...Array(attempt - 1).fill('retry'),
      'delivered',
    ]);
  });

  it.each([1, 2, 3, 4, 5])('gives up at once when it is refused at attempt %d', async (attempt) => {
    const stage = createDeliveryStage();
    stage.notifier.answer('ops', ...Array<SendResult>(attempt - 1).fill(retry), rejected);
    const end = await stage.runToEnd();
    expect(end).toMatchObject({ kind: 'over', why: 'rejected', attempts: attempt, outcome: 'rejected' });
    expect(stage.notifier.sent).toHaveLength(attempt);
  });

  it.each([1, 2, 3, 4])('looks first after the unknown outcome of attempt %d', async (attempt) => {
    const stage = createDeliveryStage();
    stage.notifier.answer('ops', ...Array<SendResult>(attempt - 1).fill(retry), unknown);
    await stage.runToEnd();
    const looks = stage.notifier.sent.map(({ mayHaveArrived }) => mayHaveArrived);
    expect(looks).toEqual([...Array(attempt).fill(false), true]);
    expect(new Set(stage.notifier.sent.map(({ request }) => request.key)).size).toBe(1);
  });

  it.each([
    [retry, 'retry'],
    [unknown, 'unknown'],
  ] as const)('are five when each is answered with %o', async (result, outcome) => {
    const stage = createDeliveryStage();
    stage.notifier.always('ops', result);
    const end = await stage.runToEnd();
    expect(end).toMatchObject({ kind: 'over', why: 'spent', attempts: 5, outcome });
    expect(stage.notifier.sent).toHaveLength(limits.maxNotifyAttempts);
  });

  it('may have happened although the last one did not', async () => {
    const stage = createDeliveryStage();
    stage.notifier.always('ops', retry);
    stage.notifier.answer('ops', unknown);
    expect(await stage.runToEnd()).toMatchObject({ why: 'spent', outcome: 'unknown' });
  });

  it('are five more for a redelivery, under numbers of their own', async () => {
    const stage = createDeliveryStage();
    stage.notifier.always('ops', retry);
    await stage.runToEnd();
    stage.beginAnew();
    expect(await stage.runToEnd()).toMatchObject({ why: 'spent', attempts: 10 });
    expect(stage.notifier.sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is one for a test page', async () => {
    const stage = createDeliveryStage({ request: { kind: 'test' } });
    stage.notifier.always('ops', retry);
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'spent', attempts: 1 });
  });

  it('are none when it is delivered already', async () => {
    const stage = createDeliveryStage();
    await stage.run();
    stage.beginAnew();
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
    expect(stage.notifier.sent).toHaveLength(1);
  });

  it('ends with a channel that is not configured any more', async () => {
    const stage = createDeliveryStage({ deps: { notifierOf: () => undefined } });
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'rejected', attempts: 1 });
    expect(await stage.attempts()).toMatchObject([{ outcome: 'rejected' }]);
  });

  it('passes over what else stands in the stream', async () => {
    const stage = createDeliveryStage();
    const data = { at: '2026-03-01T12:00:00.000Z', key: 'k', incidentId: 'i', by: 'amy', reason: 'old' };
    await stage.record({ type: 'DeliveryDiscarded', data });
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
  });
});

describe('the time that is left', () => {
  it('ends the attempts', async () => {
    const stage = createDeliveryStage({ budgetMs: 2_000 });
    stage.notifier.always('ops', retry);
    // 0.5 s and 1 s fit, the pause of 2 s after them does not
    expect(await stage.runToEnd()).toMatchObject({ why: 'deadline', attempts: 3, outcome: 'retry' });
  });

  it('allows no attempt after its end', async () => {
    const stage = createDeliveryStage({ budgetMs: 1_000 });
    stage.nowMs += 1_001;
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'deadline', attempts: 0 });
    expect(stage.notifier.sent).toEqual([]);
    expect(await stage.attempts()).toEqual([]);
  });

  it('is the longest that a provider may take', async () => {
    const stage = createDeliveryStage({ budgetMs: 3_000 });
    await stage.run();
    expect(stage.notifier.sent[0]?.deadlineMs).toBe(stage.nowMs + 3_000);
  });

  it('is never longer than a run, and leaves it time to record the attempt', async () => {
    const stage = createDeliveryStage();
    await stage.run({ runMs: 5_000 });
    expect(stage.notifier.sent[0]?.deadlineMs).toBe(stage.nowMs + 3_500);
    const other = createDeliveryStage();
    await other.run();
    expect(other.notifier.sent[0]?.deadlineMs).toBe(other.nowMs + limits.sendTimeoutMs);
  });

  it.each(['page', 'undo'] as const)('of a run that is nearly over suffices for no %s', async (kind) => {
    const begun: string[] = [];
    const guard = {
      ...noGuard,
      begin: async ({ attempt }: { attempt: number }) => {
        begun.push(`begin ${attempt}`);
        if (begun.length === 1) stage.nowMs += 14_000; // the database is slow
        return 'first' as const;
      },
      giveBack: async ({ attempt }: { attempt: number }) => void begun.push(`give back ${attempt}`),
    };
    const stage = createDeliveryStage({
      traits: { isIdempotent: false },
      request: { kind },
      deps: { guard },
      budgetMs: 60_000,
    });
    expect(await stage.run()).toMatchObject({ kind: 'again', type: 'retry', attempts: 0 });
    expect(stage.notifier.sent).toEqual([]);
    expect(begun).toEqual(['begin 1', 'give back 1']);
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
    expect(stage.notifier.sent).toMatchObject([{ mayHaveArrived: false }]);
  });

  it('is what a provider may ask us to wait for at most', async () => {
    const patient = createDeliveryStage({ budgetMs: 60_000 });
    patient.notifier.answer('ops', { ...retry, status: 429, afterMs: 30_000 });
    expect(await patient.run()).toMatchObject({ kind: 'again', afterMs: 30_000 });
    const hasty = createDeliveryStage({ budgetMs: 20_000 });
    hasty.notifier.answer('ops', { ...retry, status: 429, afterMs: 30_000 });
    expect(await hasty.run()).toMatchObject({ kind: 'over', why: 'deadline', attempts: 1 });
  });

  it('lets an undo be tried for as long as it is, at last once a minute', async () => {
    const stage = createDeliveryStage({ budgetMs: 3_600_000, request: { kind: 'undo' } });
    stage.notifier.always('ops', retry);
    const end = await stage.runToEnd(200);
    expect(end).toMatchObject({ why: 'deadline' });
    const times = stage.notifier.sent.length;
    expect(times).toBeGreaterThan(60);
    expect(times).toBeLessThan(80);
  });
});

describe('a channel that holds', () => {
  const traits = { onUnknown: 'hold' as const };

  it('sends nothing again when nobody knows whether it arrived', async () => {
    const stage = createDeliveryStage({ traits });
    stage.notifier.answer('ops', unknown);
    const end = await stage.run();
    expect(end).toMatchObject({ kind: 'over', why: 'held', attempts: 1, outcome: 'unknown' });
    expect(end.kind === 'over' && end.reason).toMatch(/^held, as it may have arrived: the connection broke/);
  });

  it('sends nothing again when the worker died over it', async () => {
    const stage = createDeliveryStage({ traits, deps: dyingAt('after_answer') });
    await expect(stage.run()).rejects.toThrow('killed');
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'held', attempts: 1, outcome: 'unknown' });
    expect(stage.notifier.sent).toHaveLength(1);
  });

  it('sends nothing again when the worker died behind the record of it', async () => {
    const stage = createDeliveryStage({ traits, deps: dyingAt('after_record') });
    stage.notifier.answer('ops', unknown);
    await expect(stage.run()).rejects.toThrow('killed');
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'held', attempts: 1, outcome: 'unknown' });
    expect(stage.notifier.sent).toHaveLength(1);
  });

  it('takes a page back until that is known to have worked', async () => {
    const stage = createDeliveryStage({ traits, request: { kind: 'undo' } });
    stage.notifier.answer('ops', unknown, unknown);
    expect(await stage.runToEnd()).toMatchObject({ kind: 'delivered', attempts: 3 });
  });

  it('sends it once more when a human says so', async () => {
    const stage = createDeliveryStage({ traits });
    stage.notifier.answer('ops', unknown);
    await stage.run();
    stage.beginAnew();
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 2 });
    expect(stage.notifier.sent[1]?.mayHaveArrived).toBe(true);
  });
});

/** The first run dies there; its worker says nothing more. */
function dyingAt(point: DeliveryPoint): Partial<DeliverDeps> {
  let isDead = false;
  return {
    onPoint(at) {
      if (isDead || at !== point) return;
      isDead = true;
      throw new Error('killed');
    },
  };
}

describe('a worker that dies', () => {
  it.each([
    // killed, hits on the wire, numbers of the attempts, what the second send is told
    ['before_send', 1, [2], true],
    ['after_answer', 2, [1, 2], true],
  ] as const)(
    '%s: at most one more hit, under the same key, that looks first',
    async (point, hits, numbers, look) => {
      const stage = createDeliveryStage({ deps: dyingAt(point) });
      await expect(stage.run()).rejects.toThrow('killed');
      expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 2 });
      expect(stage.notifier.sent).toHaveLength(hits);
      expect(stage.notifier.sent.map(({ attempt }) => attempt)).toEqual(numbers);
      expect(stage.notifier.sent.at(-1)?.mayHaveArrived).toBe(look);
      expect(new Set(stage.notifier.sent.map(({ request }) => request.key)).size).toBe(1);
      expect((await stage.attempts()).map(({ outcome }) => outcome)).toEqual(['unknown', 'delivered']);
    },
  );

  it('after_record: no more hit', async () => {
    const stage = createDeliveryStage({ deps: dyingAt('after_record') });
    await expect(stage.run()).rejects.toThrow('killed');
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
    expect(stage.notifier.sent).toHaveLength(1);
  });

  it('before its first heartbeat came through: it may have arrived', async () => {
    const stage = createDeliveryStage({ deps: dyingAt('after_answer') });
    await expect(stage.run({ tell: () => undefined })).rejects.toThrow('killed');
    await stage.run();
    expect(stage.notifier.sent.at(-1)).toMatchObject({ attempt: 2, mayHaveArrived: true });
  });

  it('has spent an attempt', async () => {
    const stage = createDeliveryStage({ deps: dyingAt('before_send') });
    stage.notifier.always('ops', retry);
    await expect(stage.run()).rejects.toThrow('killed');
    expect(await stage.runToEnd()).toMatchObject({ why: 'spent', attempts: 5, outcome: 'unknown' });
    expect(stage.notifier.sent).toHaveLength(4);
  });

  it('is known by the window where its heartbeat is not', async () => {
    const begun = new Set<string>();
    const guard = {
      ...noGuard,
      begin: async ({ key, attempt }: { key: string; attempt: number }) => {
        const name = `${key}:${attempt}`;
        if (begun.has(name)) return 'repeat' as const;
        begun.add(name);
        return 'first' as const;
      },
    };
    const deps = { guard, ...dyingAt('after_answer') };
    const stage = createDeliveryStage({ traits: { isIdempotent: false }, deps });
    await expect(stage.run({ tell: () => undefined })).rejects.toThrow('killed');
    // as if only waits had come before, of which the engine was told
    await stage.run({ progress: { first: 1, begun: 0 } });
    expect(stage.notifier.sent.at(-1)).toMatchObject({ attempt: 2, mayHaveArrived: true });
  });
});

describe('an open circuit', () => {
  const guard = { ...noGuard, isOpen: () => true };
  const reason = 'the circuit to webhook.example.org is open';

  it.each(['page', 'reminder', 'test'] as const)('gives a %s up at once', async (kind) => {
    const stage = createDeliveryStage({ deps: { guard }, request: { kind } });
    expect(await stage.run()).toEqual({ kind: 'over', why: 'circuit', reason, attempts: 0 });
    expect(stage.notifier.sent).toEqual([]);
  });

  it.each(['update', 'resolved', 'undo'] as NotificationKind[])(
    'lets an %s wait, which costs no attempt',
    async (kind) => {
      let isOpen = true;
      const deps = { guard: { ...noGuard, isOpen: () => isOpen } };
      const stage = createDeliveryStage({ deps, request: { kind } });
      for (let runs = 0; runs < 20; runs += 1) {
        const end = await stage.run();
        expect(end).toMatchObject({ kind: 'again', type: 'retry', reason, attempts: 0 });
      }
      isOpen = false;
      expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
      expect(stage.notifier.sent).toMatchObject([{ attempt: 1, mayHaveArrived: false }]);
    },
  );

  it.each(['update', 'resolved', 'undo'] as NotificationKind[])(
    'ends the wait of an %s where somebody can still say so',
    async (kind) => {
      const stage = createDeliveryStage({ deps: { guard }, request: { kind }, budgetMs: 2_000 });
      expect(await stage.run()).toEqual({ kind: 'over', why: 'circuit', reason, attempts: 0 });
    },
  );

  it('gives the attempt back that it stopped', async () => {
    const begun: string[] = [];
    const deps = {
      guard: {
        ...noGuard,
        send: async () => undefined,
        begin: async ({ attempt }: { attempt: number }) => {
          begun.push(`begin ${attempt}`);
          return 'first' as const;
        },
        giveBack: async ({ attempt }: { attempt: number }) => void begun.push(`give back ${attempt}`),
      },
    };
    const stage = createDeliveryStage({ traits: { isIdempotent: false }, deps });
    expect(await stage.run()).toMatchObject({ why: 'circuit', attempts: 0 });
    expect(begun).toEqual(['begin 1', 'give back 1']);
  });
});

describe('a paced account', () => {
  const traits = { pace: { key: 'C01', everyMs: 1_000 } };
  const waiting = (waitMs: number) => ({
    guard: { ...noGuard, reserve: async () => ({ kind: 'place' as const, waitMs }) },
  });

  it('is waited for inside the run when its turn is near', async () => {
    const stage = createDeliveryStage({ traits, deps: waiting(1_500) });
    expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
    expect(stage.slept).toEqual([1_500]);
  });

  it('is come back to when its turn is far, which costs no attempt', async () => {
    const stage = createDeliveryStage({ traits, deps: waiting(9_000) });
    for (let runs = 0; runs < 10; runs += 1) {
      expect(await stage.run()).toMatchObject({ kind: 'again', type: 'retry', attempts: 0, afterMs: 7_000 });
    }
    expect(stage.slept).toEqual([]);
    expect(stage.notifier.sent).toEqual([]);
  });

  it('that has no place before the end is given up', async () => {
    const asked: number[] = [];
    const guard = {
      ...noGuard,
      reserve: async ({ maxWaitMs }: { maxWaitMs: number }) => {
        asked.push(maxWaitMs);
        return { kind: 'full' as const };
      },
    };
    const stage = createDeliveryStage({ traits, deps: { guard }, budgetMs: 7_000 });
    expect(await stage.run()).toMatchObject({ kind: 'over', why: 'deadline', attempts: 0 });
    expect(asked).toEqual([7_000]);
  });

  it.each(['update', 'resolved', 'undo'] as const)(
    'lets an %s come back to a row that is full, while it has time',
    async (kind) => {
      const full = { ...noGuard, reserve: async () => ({ kind: 'full' as const }) };
      const deps = { guard: full };
      const stage = createDeliveryStage({ traits, deps, request: { kind }, budgetMs: 3_600_000 });
      for (let runs = 0; runs < 10; runs += 1) {
        const end = await stage.run();
        expect(end).toMatchObject({ kind: 'again', type: 'retry', attempts: 0 });
        stage.nowMs += end.kind === 'again' ? end.afterMs : 0;
      }
      expect(await stage.runToEnd()).toMatchObject({ kind: 'over', why: 'deadline', attempts: 0 });
      expect(stage.nowMs).toBeLessThan(Date.parse('2026-03-01T13:00:00Z'));
    },
  );

  it.each([
    ['page', 'C01'],
    ['undo', 'C01'],
    ['update', 'C01:edits'],
    ['resolved', 'C01:edits'],
  ] as const)('lets a %s wait in the row %s', async (kind, row) => {
    const rows: string[] = [];
    const guard = {
      ...noGuard,
      reserve: async ({ pace }: { pace: { key: string } }) => {
        rows.push(pace.key);
        return { kind: 'place' as const, waitMs: 0 };
      },
    };
    await createDeliveryStage({ traits, deps: { guard }, request: { kind } }).run();
    expect(rows).toEqual([row]);
  });
});

it('sends nothing once it is withdrawn', async () => {
  const begun: number[] = [];
  const guard = {
    ...noGuard,
    begin: async ({ attempt }: { attempt: number }) => {
      begun.push(attempt);
      return 'first' as const;
    },
  };
  const stage = createDeliveryStage({ traits: { isIdempotent: false }, deps: { guard } });
  const stopIfWithdrawn = () => Promise.reject(new Error('withdrawn'));
  await expect(stage.run({ stopIfWithdrawn })).rejects.toThrow('withdrawn');
  expect([stage.notifier.sent, begun, stage.told]).toEqual([[], [], undefined]);
});

it('counts a delivered page although its record fails, and no other', async () => {
  const writer = { append: () => Promise.reject(new Error('the database is away')) };
  const stage = createDeliveryStage({ deps: { writer } });
  expect(await stage.run()).toMatchObject({ kind: 'delivered', attempts: 1 });
  const failing = createDeliveryStage({ deps: { writer } });
  failing.notifier.always('ops', retry);
  await expect(failing.run()).rejects.toThrow('away');
});
