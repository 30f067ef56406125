import { expect, it } from 'vitest';
import { plainLink } from './plain-link.ts';

it.each([
  ['https://grafana.example/d/1?a=b&c=d', 'https://grafana.example/d/1?a=b&c=d'],
  ['http://prometheus:9090/graph?g0.expr=up == 0', 'http://prometheus:9090/graph?g0.expr=up%20==%200'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://user:password@example.org/', undefined],
  [`https://example.org/${'x'.repeat(2_000)}`, undefined],
  ['nonsense', undefined],
  ['', undefined],
  [undefined, undefined],
])('links to %s as %s', (target, link) => {
  expect(plainLink(target)).toBe(link);
});
