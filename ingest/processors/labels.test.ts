import { expect, test } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import { anAlert } from '../an-alert.ts';
import { createAddLabels } from './add-labels.ts';
import { createDropLabels } from './drop-labels.ts';
import { createMapSeverity } from './map-severity.ts';
import type { Processor } from './processor.ts';
import { createRenameLabel } from './rename-label.ts';

const labels = { alertname: 'DiskFull', env: 'prod', empty: '' };

function apply(processor: Processor, alert: Alert): Alert {
  const processed = processor.process(alert, 0);
  if (processed.kind === 'dropped') throw new Error('was dropped');
  return processed.alert;
}

function labelsAfter(processor: Processor, before: Alert['labels'] = labels): Alert['labels'] {
  return apply(processor, anAlert({ labels: before })).labels;
}

test('add_labels sets what is missing or empty and never overwrites', () => {
  const processor = createAddLabels({ env: 'test', cluster: 'eu-1', empty: 'x' });
  expect(labelsAfter(processor)).toEqual({ alertname: 'DiskFull', env: 'prod', cluster: 'eu-1', empty: 'x' });
});

test('drop_labels takes away by name', () => {
  expect(labelsAfter(createDropLabels(['env', 'nothing']))).toEqual({ alertname: 'DiskFull', empty: '' });
});

test('rename_label moves a value, unless the new name is taken', () => {
  const processor = createRenameLabel({ from: 'env', to: 'environment' });
  expect(labelsAfter(processor)).toEqual({ alertname: 'DiskFull', empty: '', environment: 'prod' });
  const taken = { env: 'prod', environment: 'test' };
  expect(labelsAfter(processor, taken)).toEqual(taken);
});

test('a label may be called like what every object has', () => {
  const before = JSON.parse('{"__proto__":"a","constructor":"b"}') as Alert['labels'];
  expect(Object.entries(labelsAfter(createAddLabels({ toString: 'c' }), before))).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
  ]);
  expect(Object.entries(labelsAfter(createDropLabels(['constructor']), before))).toEqual([
    ['__proto__', 'a'],
  ]);
  expect(Object.keys(labelsAfter(createRenameLabel({ from: 'constructor', to: 'x' }), before))).toEqual([
    '__proto__',
    'x',
  ]);
});

const values = new Map([
  ['p1', 'critical'],
  ['p4', 'info'],
] as const);

test('map_severity translates without case and keeps the label `severity` in step', () => {
  const processor = createMapSeverity({ label: 'priority', values });
  const alert = apply(processor, anAlert({ severity: 'error', labels: { priority: ' P1 ' } }));
  expect(alert.severity).toBe('critical');
  expect(alert.labels).toEqual({ priority: ' P1 ', severity: 'critical' });
});

test('map_severity leaves other values alone unless there is an otherwise', () => {
  const alert = anAlert({ severity: 'error', labels: { priority: 'p9' } });
  expect(apply(createMapSeverity({ label: 'priority', values }), alert)).toBe(alert);
  const mapped = apply(createMapSeverity({ label: 'priority', values, otherwise: 'warning' }), alert);
  expect(mapped).toMatchObject({ severity: 'warning', labels: { severity: 'warning' } });
});

test.each<[string, Processor, Alert]>([
  ['add_labels', createAddLabels({ env: 'x' }), anAlert({ labels })],
  ['drop_labels', createDropLabels(['x']), anAlert({ labels })],
  ['rename_label', createRenameLabel({ from: 'x', to: 'y' }), anAlert({ labels })],
  [
    'map_severity',
    createMapSeverity({ label: 'severity', values: new Map([['critical', 'critical']]) }),
    anAlert({ labels: { severity: 'critical' } }),
  ],
])('%s answers the same alert when nothing changes', (_, processor, alert) => {
  expect(apply(processor, alert)).toBe(alert);
});
