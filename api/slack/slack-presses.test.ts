import { describe, expect, it } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import type { CommandResult } from '../../domain/incident/protocol.ts';
import { limits } from '../../domain/limits.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createFakeLogger, incidentId, type LogLine, nowMs, resolvedId } from '../fake-app.ts';
import type { SlackPress } from './read-slack-press.ts';
import { createSlackPresses, type SlackPressesDeps } from './slack-presses.ts';

type Command = Parameters<SlackPressesDeps['commands']['acknowledge']>[0] & { readonly until?: string };

interface StageOptions {
  readonly command?: (name: string, command: Command) => Promise<CommandResult>;
  readonly acknowledgedBy?: () => string | undefined;
}

function stage({ command, acknowledgedBy = () => undefined }: StageOptions = {}) {
  const commanded: { readonly name: string; readonly command: Command }[] = [];
  const told: { readonly url: string; readonly text: string }[] = [];
  const lines: LogLine[] = [];
  const metrics = createMetrics();
  const run = (name: string) => async (each: Command) => {
    commanded.push({ name, command: each });
    return command === undefined ? { state: 'acknowledged' as const, version: 7 } : command(name, each);
  };
  const presses = createSlackPresses({
    commands: {
      acknowledge: run('acknowledge'),
      resolve: run('resolve'),
      escalate: run('escalate'),
      snooze: run('snooze'),
    },
    queries: {
      async findIncident(id) {
        if (id !== incidentId && id !== resolvedId) return undefined;
        return { workflowId: 'incident/acme/all/1', tenant: 'acme', resolved: id === resolvedId };
      },
      async getIncident({ tenant, id, minVersion }) {
        expect({ tenant, id, minVersion }).toEqual({ tenant: 'acme', id: incidentId, minVersion: 7 });
        const by = acknowledgedBy();
        return by === undefined ? {} : { acknowledgedBy: by };
      },
    },
    replies: { reply: async (url, text) => void told.push({ url, text }) },
    logger: createFakeLogger(lines),
    metrics,
    now: () => nowMs,
  });
  const outcomes = async () => (await metrics.slackPresses.get()).values.map(({ labels }) => labels);
  return { presses, commanded, told, lines, outcomes };
}

function aPress(overrides: Partial<SlackPress> = {}): SlackPress {
  const key = `slack-${JSON.stringify(overrides)}`;
  const responseUrl = 'https://hooks.slack.com/actions/1';
  return { action: 'acknowledge', incidentId, by: 'slack:amy', key, responseUrl, ...overrides };
}

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a pressed button', () => {
  it('is a command by who pressed it', async () => {
    const { presses, commanded, told, outcomes } = stage();
    presses.take(aPress({ key: 'slack-1' }), trace);
    await presses.close();
    expect(commanded).toEqual([
      {
        name: 'acknowledge',
        command: {
          workflowId: 'incident/acme/all/1',
          incidentId,
          by: 'slack:amy',
          via: 'slack',
          requestId: 'slack-1',
          commandId: 'slack-1',
          traceparent: trace,
        },
      },
    ]);
    expect(told).toEqual([]);
    expect(await outcomes()).toEqual([{ action: 'acknowledge', outcome: 'done' }]);
  });

  it.each(['resolve', 'escalate'] as const)('%s is the command of that name', async (action) => {
    const { presses, commanded } = stage();
    presses.take(aPress({ action }), trace);
    await presses.close();
    expect(commanded).toMatchObject([{ name: action }]);
  });

  it('snoozes for an hour', async () => {
    const { presses, commanded } = stage();
    presses.take(aPress({ action: 'snooze' }), trace);
    await presses.close();
    expect(commanded).toMatchObject([{ name: 'snooze', command: { until: '2026-01-05T10:00:00.000Z' } }]);
  });

  it('is one command however often Slack delivers it', async () => {
    const { presses, commanded } = stage();
    for (let delivery = 0; delivery < 5; delivery += 1) presses.take(aPress(), trace);
    await presses.close();
    presses.take(aPress(), trace);
    await presses.close();
    expect(commanded).toHaveLength(1);
  });

  it('can be pressed again after it failed', async () => {
    let failures = 1;
    const { presses, commanded, told } = stage({
      async command() {
        if (failures-- > 0) throw new TocsinError('engine_unavailable');
        return { state: 'acknowledged', version: 7 };
      },
    });
    presses.take(aPress(), trace);
    await presses.close();
    presses.take(aPress(), trace);
    await presses.close();
    expect(commanded).toHaveLength(2);
    expect(told).toMatchObject([{ text: 'tocsin cannot reach its engine; try again in a moment' }]);
  });
});

describe('the second of two who acknowledge', () => {
  it('learns who was first, and the first learns nothing', async () => {
    const { presses, told } = stage({ acknowledgedBy: () => 'slack:amy' });
    presses.take(aPress({ by: 'slack:amy' }), trace);
    presses.take(aPress({ by: 'slack:bo', responseUrl: 'https://hooks.slack.com/actions/bo' }), trace);
    await presses.close();
    const url = 'https://hooks.slack.com/actions/bo';
    expect(told).toEqual([{ url, text: 'already acknowledged by amy' }]);
  });

  it('learns of a sender that was first', async () => {
    const { presses, told } = stage({ acknowledgedBy: () => 'prometheus' });
    presses.take(aPress(), trace);
    await presses.close();
    expect(told).toMatchObject([{ text: 'already acknowledged by prometheus' }]);
  });

  it('has acknowledged all the same when nobody can say who was first', async () => {
    const { presses, told, outcomes } = stage({
      acknowledgedBy: () => {
        throw new TocsinError('store_unavailable');
      },
    });
    presses.take(aPress(), trace);
    await presses.close();
    expect(told).toEqual([]);
    expect(await outcomes()).toEqual([{ action: 'acknowledge', outcome: 'done' }]);
  });
});

describe('a button that cannot work', () => {
  it.each([
    [resolvedId, 'this incident is over'],
    ['11111111-0c7b-5c0e-9a55-d1a7b8e2f407', 'this incident is not known here'],
    ['', 'this incident is not known here'],
    ['../../etc', 'this incident is not known here'],
  ])('of incident %j says: %s', async (id, text) => {
    const { presses, told, commanded } = stage();
    presses.take(aPress({ incidentId: id }), trace);
    await presses.close();
    expect(told).toMatchObject([{ text }]);
    expect(commanded).toEqual([]);
  });

  it('says that the incident is over when it ended this moment', async () => {
    const { presses, told } = stage({
      command: async () => {
        throw new TocsinError('incident_closed');
      },
    });
    presses.take(aPress({ action: 'resolve' }), trace);
    await presses.close();
    expect(told).toMatchObject([{ text: 'this incident is over' }]);
  });

  it('says nothing of a bug to the presser, and all to the log', async () => {
    const { presses, told, lines, outcomes } = stage({
      command: async () => {
        throw new Error('a detail');
      },
    });
    presses.take(aPress(), trace);
    await presses.close();
    expect(told).toMatchObject([{ text: 'that did not work; try again' }]);
    expect(lines).toMatchObject([{ level: 'warn', fields: { code: 'internal', action: 'acknowledge' } }]);
    expect(await outcomes()).toEqual([{ action: 'acknowledge', outcome: 'failed' }]);
  });

  it('needs no address for an answer', async () => {
    const { presses, told } = stage();
    const { responseUrl: _none, ...press } = aPress({ incidentId: resolvedId });
    presses.take(press, trace);
    await presses.close();
    expect(told).toEqual([]);
  });
});

it('puts off what is too much at once, and takes it again afterwards', async () => {
  const slow = Promise.withResolvers<CommandResult>();
  const { presses, commanded, told, outcomes } = stage({ command: () => slow.promise });
  for (let press = 0; press < limits.maxSlackPresses; press += 1)
    presses.take(aPress({ key: `k${press}` }), trace);
  presses.take(aPress({ key: 'one too many' }), trace);
  await Promise.resolve();
  expect(told).toMatchObject([{ text: 'too many are pressing; try again' }]);
  slow.resolve({ state: 'acknowledged', version: 7 });
  await presses.close();
  expect(commanded).toHaveLength(limits.maxSlackPresses);
  expect(await outcomes()).toContainEqual({ action: 'acknowledge', outcome: 'put_off' });
  presses.take(aPress({ key: 'one too many' }), trace);
  await presses.close();
  expect(commanded).toHaveLength(limits.maxSlackPresses + 1);
});
