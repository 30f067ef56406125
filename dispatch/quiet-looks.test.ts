import { expect, test } from 'vitest';
import type { AlertCommand } from '../domain/alert/command.ts';
import type { FiringAlert } from '../domain/alert/firing-alert.ts';
import type { RouteTaken } from '../domain/events/alert-events.ts';
import { limits } from '../domain/limits.ts';
import { quietLooks } from './quiet-looks.ts';

const route: RouteTaken = {
  route: 'ops',
  policy: 'p',
  groupLabels: {},
  workflowId: 'incident/default/ops/0',
};
const silenced: RouteTaken = { ...route, quiet: { kind: 'silence', rule: 'night', configVersion: 1 } };

function aFiring(id: number, quiet: readonly RouteTaken[]): FiringAlert {
  return {
    stream: `alert-${String(id).padStart(5, '0')}`,
    alert: {
      tenant: 'default',
      source: 's',
      fingerprint: String(id),
      status: 'firing',
      severity: 'critical',
      labels: {},
      annotations: {},
      startsAt: '2026-08-01T10:00:00.000Z',
    },
    countedBy: quiet.length === 0 ? ['ops'] : [],
    quiet,
    flap: undefined,
  };
}

/** A clock over these alerts; everything is as `isSilenced` says. */
function watch(options: { quiet?: readonly FiringAlert[]; counted?: readonly FiringAlert[] }) {
  const decided: string[] = [];
  const state = { isSilenced: true, canQuiet: true, revision: 'a', nowMs: 1_000_000, reads: 0, pageMs: 0 };
  const page = (all: readonly FiringAlert[], after: string | undefined, limit: number) => {
    state.reads += 1;
    state.nowMs += state.pageMs;
    const from = all.filter(({ stream }) => stream > (after ?? ''));
    const alerts = from.slice(0, limit);
    return { alerts, next: alerts.length < limit ? undefined : alerts.at(-1)?.stream };
  };
  const looks = quietLooks({
    findDue: async () => [],
    listQuiet: async (after, limit) => page(options.quiet ?? [], after, limit),
    listCounted: async (after, limit) => page(options.counted ?? [], after, limit),
    judge: () => (input) =>
      input.routes.map(({ quiet: _, ...loud }) =>
        state.isSilenced ? { ...loud, quiet: { kind: 'silence', rule: 'night', configVersion: 1 } } : loud,
      ),
    revision: () => state.revision,
    canQuiet: () => state.canQuiet,
    decide: async (commands: readonly AlertCommand[]) => {
      for (const command of commands)
        if (command.kind === 'rejudge') decided.push(command.identity.fingerprint);
    },
    now: () => state.nowMs,
  });
  const tick = async () => {
    for (const { look } of looks) await look();
  };
  return { tick, decided, state };
}

test('what stays as it was is left alone', async () => {
  const { tick, decided } = watch({ quiet: [aFiring(1, [silenced])] });
  await tick();
  expect(decided).toEqual([]);
});

test('what is no longer quieted is decided about as soon as the revision says so', async () => {
  const { tick, decided, state } = watch({ quiet: [aFiring(1, [silenced])] });
  await tick();
  state.isSilenced = false;
  await tick();
  expect(decided).toEqual([]);
  state.revision = 'b';
  await tick();
  expect(decided).toEqual(['1']);
});

test('even if nothing is known to have changed, all that is quiet is looked at every 5 s', async () => {
  const { tick, decided, state } = watch({ quiet: [aFiring(1, [silenced])] });
  await tick();
  state.isSilenced = false;
  state.nowMs += 5_000;
  await tick();
  expect(decided).toEqual(['1']);
});

test('what counts and is quiet from now on is decided about', async () => {
  const { tick, decided } = watch({ counted: [aFiring(7, [])] });
  await tick();
  expect(decided).toEqual(['7']);
});

test('a change during a long round makes another one after it', async () => {
  const count = limits.maxLookAlerts * 12;
  const { tick, decided, state } = watch({
    quiet: Array.from({ length: count }, (_, id) => aFiring(id, [silenced])),
  });
  await tick();
  state.isSilenced = false;
  state.revision = 'b';
  await tick();
  await tick();
  expect(new Set(decided).size).toBe(count);
});

test('all that counts is looked at every 10 s, and at once after a change', async () => {
  const { tick, decided, state } = watch({ counted: [aFiring(7, [])] });
  state.isSilenced = false;
  await tick();
  state.isSilenced = true;
  await tick();
  expect(decided).toEqual([]);
  state.nowMs += 10_000;
  await tick();
  expect(decided).toEqual(['7']);
  state.revision = 'b';
  await tick();
  expect(decided).toEqual(['7', '7']);
});

test('where nothing could quiet what counts, it is not looked at', async () => {
  const { tick, state } = watch({ counted: [aFiring(7, [])] });
  state.canQuiet = false;
  await tick();
  expect(state.reads).toBe(1);
});

test('a round that took long is followed by a rest', async () => {
  const { tick, state } = watch({ quiet: [aFiring(1, [silenced])] });
  Object.assign(state, { canQuiet: false, pageMs: 600 });
  await tick();
  state.revision = 'b';
  await tick();
  expect(state.reads).toBe(1);
  state.nowMs += 600;
  await tick();
  expect(state.reads).toBe(2);
});

test('goes on when the clock of the machine is put back', async () => {
  const { tick, decided, state } = watch({ quiet: [aFiring(1, [silenced])] });
  await tick();
  state.isSilenced = false;
  state.nowMs -= 3_600_000;
  await tick();
  expect(decided).toEqual(['1']);
});

test('a look reads so many pages and no more, and never rests for more than a second', async () => {
  const count = limits.maxLookAlerts * 12;
  const { tick, state } = watch({ quiet: Array.from({ length: count }, (_, id) => aFiring(id, [silenced])) });
  Object.assign(state, { canQuiet: false, pageMs: 600 });
  await tick();
  expect(state.reads).toBe(10);
  await tick();
  expect(state.reads).toBe(13);
  state.revision = 'b';
  state.nowMs += 1_000;
  await tick();
  expect(state.reads).toBe(23);
});

test('what comes to its end by the clock alone is decided about, if anything is another than it was', async () => {
  const flap = { changes: ['2026-08-01T10:00:00.000Z'] };
  const quiet = { kind: 'silence', rule: 'night', configVersion: 1 } as const;
  const judged = new Map<string, RouteTaken>([
    ['0', silenced],
    ['1', route],
    ['2', { ...route, quiet: { ...quiet, kind: 'mute' } }],
    ['3', { ...route, quiet: { ...quiet, rule: 'longer' } }],
    ['4', { ...route, quiet: { ...quiet, until: '2026-08-01T12:00:00.000Z' } }],
    ['5', { ...route, quiet: { ...quiet, configVersion: 2 } }],
  ]);
  const decided: string[][] = [];
  const asked: unknown[] = [];
  let due = [...judged.keys()].map((id) => ({ ...aFiring(Number(id), [silenced]), flap }));
  const [look] = quietLooks({
    findDue: async () => due,
    listQuiet: async () => ({ alerts: [], next: undefined }),
    listCounted: async () => ({ alerts: [], next: undefined }),
    judge: () => (input) => {
      asked.push({ flap: input.flap, isNew: input.isNew });
      return input.routes.map((taken) => judged.get(input.alert.fingerprint) ?? taken);
    },
    revision: () => '',
    canQuiet: () => true,
    decide: async (commands) =>
      void decided.push(
        commands.flatMap((command) => (command.kind === 'rejudge' ? [command.identity.fingerprint] : [])),
      ),
    now: Date.now,
  });
  await look?.look();
  expect(decided).toEqual([['1', '2', '3', '4']]);
  expect(asked).toEqual(due.map(() => ({ flap, isNew: false })));
  due = [];
  await look?.look();
  expect(decided).toHaveLength(1);
});
