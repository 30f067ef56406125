import { expect, test } from 'vitest';
import { severityOf } from './severity.ts';

test.each([
  ['critical', 'critical'],
  [' PAGE ', 'critical'],
  ['high', 'error'],
  ['Major', 'error'],
  ['warn', 'warning'],
  ['minor', 'warning'],
  ['none', 'info'],
  ['bogus', 'error'],
  ['', 'error'],
  ['constructor', 'error'],
  [undefined, 'error'],
])('%j is %s', (word, severity) => {
  expect(severityOf(word)).toBe(severity);
});
