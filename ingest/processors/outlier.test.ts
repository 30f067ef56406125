import { expect, test } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import { anAlert } from '../an-alert.ts';
import { createOutlier } from './outlier.ts';

function anOutlier(window = 20) {
  const outlier = createOutlier({ value: 'value', window, threshold: 3 });
  return (fingerprint: string, value: string, changes: Partial<Alert> = {}) => {
    const processed = outlier.process(anAlert({ fingerprint, annotations: { value }, ...changes }), 0);
    if (processed.kind === 'dropped') throw new Error('was dropped');
    return processed.alert;
  };
}

const isMarked = (alert: Alert) => alert.labels.outlier === 'true';

/** Numbers between 9 and 11. */
function fill(send: ReturnType<typeof anOutlier>, count: number): void {
  for (let i = 0; i < count; i += 1) send(`usual-${i}`, String(10 + Math.sin(i)));
}

test('marks a number that stands out, and no usual one', () => {
  const send = anOutlier();
  fill(send, 20);
  expect(isMarked(send('a', '10.5'))).toBe(false);
  expect(isMarked(send('b', '90'))).toBe(true);
  expect(send('c', '-70').labels).toEqual({ alertname: 'DiskFull', outlier: 'true' });
});

test('the first ten numbers of a name are taken as usual', () => {
  const send = anOutlier();
  fill(send, 9);
  expect(isMarked(send('a', '1000'))).toBe(false);
  expect(isMarked(send('b', '1', { labels: { alertname: 'Other' } }))).toBe(false);
});

test('each name has its own numbers', () => {
  const send = anOutlier();
  fill(send, 20);
  for (let i = 0; i < 20; i += 1) {
    send(`other-${i}`, String(90 + (i % 3)), { labels: { alertname: 'Other' } });
  }
  expect(isMarked(send('a', '91', { labels: { alertname: 'Other' } }))).toBe(false);
  expect(isMarked(send('b', '91'))).toBe(true);
});

test('an unchanged repeat keeps its verdict and does not become usual', () => {
  const send = anOutlier();
  fill(send, 20);
  for (let i = 0; i < 100; i += 1) expect(isMarked(send('a', '90'))).toBe(true);
  expect(isMarked(send('b', '90'))).toBe(true);
  expect(isMarked(send('a', '10'))).toBe(false);
});

test('what is usual moves on with the window', () => {
  const send = anOutlier(20);
  fill(send, 20);
  expect(isMarked(send('a', '90'))).toBe(true);
  for (let i = 0; i < 40; i += 1) send(`new-${i}`, String(90 + Math.sin(i)));
  expect(isMarked(send('b', '90.5'))).toBe(false);
});

test('reads the number from a label where no annotation has it', () => {
  const send = anOutlier();
  fill(send, 20);
  const labels = { alertname: 'DiskFull', value: '90' };
  expect(isMarked(send('a', '', { annotations: {}, labels }))).toBe(true);
});

test.each(['', 'NaN', 'Infinity', '0x10', '97 %', '1e999', '1e200', '1'.repeat(50), ' 5'])(
  'leaves an alert alone whose value is "%s"',
  (value) => {
    const send = anOutlier();
    fill(send, 20);
    expect(isMarked(send('a', value))).toBe(false);
    expect(isMarked(send('b', '90'))).toBe(true);
  },
);

test('an alert that is over is neither marked nor counted', () => {
  const send = anOutlier();
  fill(send, 20);
  expect(isMarked(send('a', '90', { status: 'resolved' }))).toBe(false);
  expect(isMarked(send('b', '90'))).toBe(true);
});
