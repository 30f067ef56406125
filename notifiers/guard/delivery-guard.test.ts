import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryGuard } from '../../activities/delivery-guard.ts';
import type { SendResult } from '../../domain/policy/notification.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { eventually } from '../../test/support/eventually.ts';
import { quietLogger } from '../../test/support/quiet-logger.ts';
import { createDeliveryGuard, type ProviderGuard } from './delivery-guard.ts';

const slack = { provider: 'slack', account: 'T01' };
const other = { provider: 'slack', account: 'T02' };
const broken: SendResult = { outcome: 'retry', reason: 'answered 503', status: 503 };
const delivered: SendResult = { outcome: 'delivered', providerId: 'm' };

describe('a guard on its own', () => {
  let guard: ProviderGuard;
  let metrics: ReturnType<typeof createMetrics>;
  beforeEach(() => {
    metrics = createMetrics();
    guard = createDeliveryGuard({ prefix: 'test', logger: quietLogger(), metrics, now: Date.now });
  });
  afterEach(() => guard.close());

  it('is what the activity asks for', () => {
    const asked: DeliveryGuard = guard;
    expect(asked.isOpen(slack)).toBe(false);
  });

  it('cuts one account off and no other', async () => {
    for (let count = 0; count < 5; count += 1) await guard.send(slack, async () => broken);
    expect([guard.isOpen(slack), guard.isOpen(other)]).toEqual([true, false]);
    expect(await guard.send(slack, async () => delivered)).toBeUndefined();
    expect(await guard.send(other, async () => delivered)).toEqual(delivered);
  });

  it('counts and shows every change, and tells who listens of the recovery', async () => {
    const recovered: string[] = [];
    guard.onRecovered((provider, account) => recovered.push(`${provider}/${account}`));
    for (let count = 0; count < 5; count += 1) await guard.send(slack, async () => broken);
    expect((await metrics.circuitState.get()).values).toEqual([
      expect.objectContaining({ labels: slack, value: 2 }),
    ]);
    await eventually(() => (guard.isOpen(slack) ? undefined : true), 4_000);
    await guard.send(slack, async () => delivered);
    expect(recovered).toEqual(['slack/T01']);
    const { values } = await metrics.circuitTransitions.get();
    expect(values.map(({ labels, value }) => [labels.to, value])).toEqual([
      ['open', 1],
      ['half_open', 1],
      ['closed', 1],
    ]);
    expect((await metrics.circuitState.get()).values).toEqual([
      expect.objectContaining({ labels: slack, value: 0 }),
    ]);
  });

  it('knows no repeat', async () => {
    const attempt = { key: 'k', attempt: 1 };
    expect([await guard.begin(attempt), await guard.begin(attempt)]).toEqual(['first', 'first']);
  });
});
