import { describe, expect, test } from 'vitest';
import { everyChangeOf } from '../../sources/testing/every-change.ts';
import { openDoors } from '../support/door-stage.ts';
import { allDeliveries } from '../support/sender-deliveries.ts';

describe.each(allDeliveries().map((delivery) => [delivery.name, delivery] as const))('%s', (_, delivery) => {
  const { url, headers } = delivery;

  test('is answered below 500 whatever is changed of it, and by a body that says why', async () => {
    const { app, lines } = openDoors();
    const statuses = new Set<number>();
    for (const { path, change, body } of everyChangeOf(delivery.body)) {
      const payload = JSON.stringify(body) ?? '';
      const response = await app.inject({ method: 'POST', url, headers, payload });
      const what = `${path.join('/')}: ${change}`;
      expect(response.statusCode, what).toBeLessThan(500);
      statuses.add(response.statusCode);
      if (response.statusCode >= 400) expect(response.body, what).not.toBe('');
    }
    expect(statuses.size).toBeGreaterThan(0);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
