import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SenderCommand } from '../domain/alert/command.ts';
import { TocsinError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { type Severity, severities } from '../domain/severity.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type AdmissionContext, createAdmission } from './admission.ts';
import { anAlert } from './an-alert.ts';

const identity = { tenant: 'default', source: 'prometheus', fingerprint: 'a' };
const at = '2026-08-01T10:00:00.000Z';
const rate = { perSecond: 10, burst: 100 };

function anAdmission() {
  const load = { queued: 0, lagMs: 0 };
  const metrics = createMetrics();
  const admission = createAdmission({ metrics, queued: () => load.queued, loopLagMs: () => load.lagMs });
  return { load, metrics, admission };
}

function aContext(
  changes: Partial<AdmissionContext['source']> = {},
  perTenant?: typeof rate,
): AdmissionContext {
  const source = { tenant: 'default', name: 'prometheus', ...changes };
  return { source, config: { sources: [source], admission: { ...(perTenant && { perTenant }) } }, nowMs: 0 };
}

const fire = (severity: Severity): SenderCommand => ({ kind: 'observe', alert: anAlert({ severity }) });
const clear: SenderCommand = { kind: 'clear', identity, at };
const acknowledge: SenderCommand = { kind: 'acknowledge', identity, at };

/** How long the sender is asked to wait; undefined when the request was taken. */
function ask(
  { admission }: ReturnType<typeof anAdmission>,
  commands: readonly SenderCommand[],
  context = aContext(),
): number | undefined {
  try {
    admission.admit(
      commands.map((command, index) => ({ index, command })),
      context,
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    expect(error.code).toBe('overloaded');
    return error.retryAfterMs;
  }
}

/** The severities that are taken as things stand. */
function taken(stage: ReturnType<typeof anAdmission>, context = aContext()): Severity[] {
  return severities.filter((severity) => ask(stage, [fire(severity)], context) === undefined);
}

test('without pressure everything is taken', () => {
  expect(taken(anAdmission())).toEqual([...severities]);
});

test.each([
  [0.49, ['critical', 'error', 'warning', 'info']],
  [0.5, ['critical', 'error', 'warning']],
  [0.7, ['critical', 'error']],
  [0.9, ['critical']],
  [1, ['critical']],
])('with the queue filled to %d the least severe give way first', (share, expected) => {
  const stage = anAdmission();
  stage.load.queued = share * limits.maxQueuedAlerts;
  expect(taken(stage)).toEqual(expected);
});

test.each([
  [499, ['critical', 'error', 'warning', 'info']],
  [500, ['critical', 'error', 'warning']],
  [1_000, ['critical', 'error']],
  [60_000, ['critical']],
])('with the event loop %d ms late the least severe give way first', (lagMs, expected) => {
  const stage = anAdmission();
  stage.load.lagMs = lagMs;
  expect(taken(stage)).toEqual(expected);
});

test('a request is judged by its most severe alert and taken whole', () => {
  const stage = anAdmission();
  stage.load.queued = limits.maxQueuedAlerts;
  expect(ask(stage, [fire('info'), fire('critical'), fire('warning')])).toBeUndefined();
  expect(ask(stage, [fire('info'), fire('error')])).toBe(limits.overloadedRetryAfterMs);
});

test('a clear counts like an alert without severity, an acknowledgement is never refused', () => {
  const stage = anAdmission();
  stage.load.queued = 0.8 * limits.maxQueuedAlerts;
  expect(ask(stage, [clear])).toBeUndefined();
  stage.load.queued = limits.maxQueuedAlerts;
  expect(ask(stage, [clear])).toBeDefined();
  expect(ask(stage, [acknowledge])).toBeUndefined();
});

test('a source beyond its rate is asked to wait until it may send again', () => {
  const stage = anAdmission();
  const context = aContext({ rate });
  const batch = Array.from({ length: 50 }, () => fire('error'));
  expect([1, 2, 3].map(() => ask(stage, batch, context))).toEqual([undefined, undefined, 5_000]);
  expect(ask(stage, batch, { ...context, nowMs: 5_000 })).toBeUndefined();
});

test('the last of a burst is for what is more severe, and what is critical draws on it without being refused', () => {
  const stage = anAdmission();
  const context = aContext({ rate });
  const batch = Array.from({ length: 70 }, () => fire('info'));
  expect(ask(stage, batch, context)).toBeUndefined();
  expect(taken(stage, context)).toEqual(['critical', 'error', 'warning']);
  for (let i = 0; i < 100; i += 1) expect(ask(stage, [fire('critical')], context)).toBeUndefined();
  expect(taken(stage, context)).toEqual(['critical']);
});

test('a request that is larger than any burst is late and not lost', () => {
  const stage = anAdmission();
  const context = aContext({ rate });
  const batch = Array.from({ length: 1_000 }, () => fire('info'));
  expect(ask(stage, batch, context)).toBeUndefined();
  expect(ask(stage, batch, context)).toBeDefined();
  expect(ask(stage, batch, { ...context, nowMs: 20_000 })).toBeUndefined();
});

test('the sources of a tenant share its rate, and other tenants notice nothing', () => {
  const stage = anAdmission();
  const [a, b] = [aContext({ name: 'a' }, rate), aContext({ name: 'b' }, rate)];
  const sources = [a.source, b.source, { tenant: 'other', name: 'a' }];
  const config = { ...a.config, sources };
  const batch = Array.from({ length: 100 }, () => fire('error'));
  expect(ask(stage, batch, { ...a, config })).toBeUndefined();
  expect(ask(stage, batch, { ...b, config })).toBeDefined();
  const other = { source: { tenant: 'other', name: 'a' }, config, nowMs: 0 };
  expect(ask(stage, batch, other)).toBeUndefined();
});

test('a refused request draws on no bucket', () => {
  const stage = anAdmission();
  const context = aContext({ rate }, { perSecond: 1, burst: 10 });
  expect(
    ask(
      stage,
      Array.from({ length: 10 }, () => fire('error')),
      context,
    ),
  ).toBeUndefined();
  for (let i = 0; i < 50; i += 1) expect(ask(stage, [fire('error')], context)).toBeDefined();
  const withoutTenant = { ...context, config: { ...context.config, admission: {} } };
  expect(
    ask(
      stage,
      Array.from({ length: 90 }, () => fire('error')),
      withoutTenant,
    ),
  ).toBeUndefined();
});

test('a reload that leaves the rate as it is refills nothing', () => {
  const stage = anAdmission();
  const batch = Array.from({ length: 100 }, () => fire('error'));
  expect(ask(stage, batch, aContext({ rate: { ...rate } }))).toBeUndefined();
  expect(ask(stage, batch, aContext({ rate: { ...rate } }))).toBeDefined();
  expect(ask(stage, batch, aContext({ rate: { ...rate, burst: 200 } }))).toBeUndefined();
});

test('what is refused is counted in alerts, by source, severity and reason', async () => {
  const stage = anAdmission();
  stage.load.lagMs = 700;
  ask(stage, [fire('info'), fire('info')]);
  expect((await stage.metrics.admissionRefused.get()).values).toEqual([
    { labels: { source: 'prometheus', severity: 'info', reason: 'loop_lag' }, value: 2 },
  ]);
});

test('whatever the load: what is critical is taken, and a severity never gives way before a lesser one', () => {
  const loads = fc.record({
    queued: fc.nat(2 * limits.maxQueuedAlerts),
    lagMs: fc.nat(10_000),
    spent: fc.nat(120),
  });
  fc.assert(
    fc.property(loads, ({ queued, lagMs, spent }) => {
      const isTaken = (severity: Severity) => {
        const stage = anAdmission();
        const context = aContext({ rate });
        for (let i = 0; i < spent; i += 1) ask(stage, [fire('critical')], context);
        Object.assign(stage.load, { queued, lagMs });
        return ask(stage, [fire(severity)], context) === undefined;
      };
      const verdicts = severities.map(isTaken);
      expect(verdicts[0]).toBe(true);
      expect(verdicts).toEqual(verdicts.toSorted((a, b) => Number(b) - Number(a)));
    }),
  );
});
