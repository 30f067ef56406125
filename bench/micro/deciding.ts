import type { Alert } from '../../domain/alert/alert.ts';
import { initialAlertState } from '../../domain/alert/state.ts';
import { parseMatchers } from '../../domain/matcher/parse-matcher.ts';
import { compileRoutes } from '../../domain/route/route.ts';
import { createQuietWorld } from '../../domain/suppression/world.ts';
import { fastAlertStreamOf } from '../../ingest/alert-stream.ts';
import { createContextOf } from '../../ingest/decide-context.ts';
import { decideStream, type Instruction, type StreamPlan } from '../../ingest/decide-stream.ts';
import { alertmanagerFormat } from '../../sources/alertmanager/alertmanager.ts';
import { aContext, aRequest, observedIn } from '../../sources/testing/a-request.ts';
import { createBodyTemplate } from '../ingest/body-template.ts';
import { type MicroBench, runFor } from './run-for.ts';

const nowMs = Date.parse('2026-09-14T08:40:00.000Z');

/** A thousand alerts as the load generator sends them. */
export function manyAlerts(): readonly Alert[] {
  const template = createBodyTemplate(100);
  return Array.from({ length: 10 }, (_, index) =>
    JSON.parse(template.body(index, '2026-09-14T08:30:00.000Z').toString()),
  ).flatMap((body) =>
    observedIn(alertmanagerFormat.parse(aRequest(body), aContext())).map(({ alert }) => alert),
  );
}

function createContext() {
  const plain = { groupWaitMs: 0, continue: false, mute: [], active: [], routes: [], policy: 'p' };
  const router = compileRoutes([
    { ...plain, name: 'storm', match: parseMatchers('phase="storm"'), groupBy: ['team'] },
    { ...plain, name: 'rest', match: [], groupBy: ['alertname'] },
  ]);
  const quiet = { inhibit: [], suppress: [], flapping: [] };
  return createContextOf({
    config: { version: 1, router, quiet, sources: [] },
    world: createQuietWorld(),
    nowMs,
  });
}

const metadata = {
  actor: 'bench',
  via: 'source',
  requestId: '0190a6a1-1111-4222-8333-444455556666',
} as const;

export interface Planned {
  readonly stream: string;
  readonly instruction: Instruction;
  readonly plan: StreamPlan;
}

/** Every alert of one batch as the first of its stream. */
export function planAll(alerts: readonly Alert[]): readonly Planned[] {
  const contextOf = createContext();
  return alerts.map((alert) => {
    const instruction: Instruction = { command: { kind: 'observe', alert }, metadata };
    const stream = fastAlertStreamOf(alert);
    const options = {
      head: { version: -1, state: initialAlertState },
      context: contextOf(stream),
      repeats: undefined,
    };
    return { stream, instruction, plan: decideStream([instruction], options) };
  });
}

/** Naming the stream, routing by two routes, judging without rules, deciding. */
export const decidingBenches: readonly MicroBench[] = [
  {
    name: 'decide: an alert that begins',
    run(seconds) {
      const alerts = manyAlerts();
      return runFor(seconds, () => planAll(alerts).length);
    },
  },
  {
    name: 'decide: an unchanged repeat',
    run(seconds) {
      const planned = planAll(manyAlerts());
      const contextOf = createContext();
      return runFor(seconds, () => {
        for (const { stream, instruction, plan } of planned) {
          const head = { version: 0, state: plan.state };
          decideStream([instruction], { head, context: contextOf(stream), repeats: undefined });
        }
        return planned.length;
      });
    },
  },
];
