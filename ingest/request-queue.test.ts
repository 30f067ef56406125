import { expect, test } from 'vitest';
import type { AlertCommand } from '../domain/alert/command.ts';
import { limits } from '../domain/limits.ts';
import type { Severity } from '../domain/severity.ts';
import { anAlert } from './an-alert.ts';
import { createRequestQueue, type WaitingRequest } from './request-queue.ts';

interface Request extends WaitingRequest {
  readonly name: string;
}

let names = 0;
function aRequest(
  name: string,
  severity: Severity,
  options: { alerts?: number; config?: string } = {},
): Request {
  const instructions = Array.from({ length: options.alerts ?? 1 }, () => {
    names += 1;
    return { command: { kind: 'observe' as const, alert: anAlert({ severity, fingerprint: `f${names}` }) } };
  });
  return { name, instructions, config: options.config ?? 'v1' };
}

const about = (name: string, command: AlertCommand): Request => ({
  name,
  instructions: [{ command }],
  config: 'v1',
});
const identity = { tenant: 'default', source: 'prometheus', fingerprint: 'same' };
const fires = about('fires', { kind: 'observe', alert: anAlert({ fingerprint: 'same' }) });
const clears = about('clears', { kind: 'clear', identity, at: '2026-08-01T11:00:00.000Z' });

function takenFrom(requests: readonly Request[]): string[][] {
  const queue = createRequestQueue<Request>();
  for (const request of requests) queue.push(request);
  const batches: string[][] = [];
  while (queue.size() > 0) batches.push(queue.takeBatch().map(({ name }) => name));
  return batches;
}

test('a critical alert goes ahead of what came before it', () => {
  const full = { alerts: limits.maxBatchEvents };
  const batches = takenFrom([
    aRequest('info', 'info', full),
    aRequest('warning', 'warning', full),
    aRequest('critical', 'critical'),
  ]);
  expect(batches).toEqual([['critical'], ['info'], ['warning']]);
});

test('what the clock releases goes ahead too, and what expires does not', () => {
  const release = about('release', { kind: 'rejudge', identity });
  const expire = about('expire', { kind: 'expire', identity: { ...identity, fingerprint: 'other' } });
  expect(takenFrom([expire, aRequest('info', 'info'), release])).toEqual([['release', 'expire', 'info']]);
});

test('two requests about one alert keep their order, whichever of them is critical', () => {
  expect(takenFrom([clears, fires])).toEqual([['clears', 'fires']]);
  const crowd = Array.from({ length: 3 * limits.maxUrgentBatches }, (_, at) =>
    aRequest(`c${at}`, 'critical', { alerts: limits.maxBatchEvents }),
  );
  const order = takenFrom([...crowd, fires, clears]).flat();
  expect(order.indexOf('fires')).toBeLessThan(order.indexOf('clears'));
});

test('what was about an alert and is taken holds up nothing about it any more', () => {
  const queue = createRequestQueue<Request>();
  queue.push(clears);
  queue.takeBatch();
  queue.push(aRequest('info', 'info'));
  queue.push(fires);
  expect(queue.takeBatch().map(({ name }) => name)).toEqual(['fires', 'info']);
});

test('others have their turn however much is critical', () => {
  const crowd = Array.from({ length: 10 }, (_, at) =>
    aRequest(`c${at}`, 'critical', { alerts: limits.maxBatchEvents }),
  );
  const batches = takenFrom([...crowd, aRequest('info', 'info')]);
  expect(batches.findIndex((batch) => batch.includes('info'))).toBe(limits.maxUrgentBatches);
});

test('a batch is of one configuration, and no larger than a commit', () => {
  const half = { alerts: limits.maxBatchEvents / 2 };
  const batches = takenFrom([
    aRequest('a', 'info', half),
    aRequest('b', 'info', half),
    aRequest('c', 'info'),
    aRequest('d', 'info', { config: 'v2' }),
    aRequest('e', 'critical', { config: 'v2' }),
    aRequest('f', 'info', { alerts: 2 * limits.maxBatchEvents, config: 'v2' }),
  ]);
  expect(batches).toEqual([['e'], ['a', 'b'], ['c'], ['d'], ['f']]);
});

test('nothing is taken of nothing', () => {
  expect(createRequestQueue().takeBatch()).toEqual([]);
});
