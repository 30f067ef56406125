import { expect, test } from 'vitest';
import type { AlertEvent } from '../domain/events/alert-events.ts';
import { limits } from '../domain/limits.ts';
import type { Severity } from '../domain/severity.ts';
import { anAlert, anAlertEvent, recordedAlert } from '../test/support/view-alerts.ts';
import { takeAhead } from './express.ts';
import { createIncidentQueue } from './incident-queue.ts';

function recorded(type: AlertEvent['type'], severity: Severity, position: number, workflowIds?: string[]) {
  const alert = anAlert({ severity, fingerprint: `f${position}` });
  const body = anAlertEvent(type, { alert, ...(workflowIds && { workflowIds }) });
  return recordedAlert(body, { position, version: 0 });
}

test('takes critical alerts that begin to count, and leaves all else to the log', () => {
  const queue = createIncidentQueue();
  const types = ['AlertFired', 'AlertReleased', 'AlertChanged', 'AlertResolved', 'AlertRepeated'] as const;
  const critical = types.map((type, position) => recorded(type, 'critical', position));
  takeAhead([...critical, recorded('AlertFired', 'error', 9)], queue);
  const taken = queue.take()?.items ?? [];
  expect(taken.map(({ reference }) => reference.position)).toEqual([0, 1]);
  expect(taken.every(({ isAhead }) => isAhead)).toBe(true);
});

test('takes an alert into each of its incidents', () => {
  const queue = createIncidentQueue();
  takeAhead([recorded('AlertFired', 'critical', 1, ['incident/a', 'incident/b'])], queue);
  expect([queue.take()?.workflowId, queue.take()?.workflowId]).toEqual(['incident/a', 'incident/b']);
});

test('takes no more than memory has room for', () => {
  const most = limits.maxPendingDispatch + limits.maxExpressDispatch;
  let size = most - 1;
  const queue = {
    size: () => size,
    push() {
      size += 1;
      return [];
    },
  };
  takeAhead(
    [1, 2, 3].map((position) => recorded('AlertFired', 'critical', position)),
    queue,
  );
  expect(size).toBe(most);
});
