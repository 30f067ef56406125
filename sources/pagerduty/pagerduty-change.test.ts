import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { aContext, aRequest } from '../testing/a-request.ts';
import { pagerdutyChangeFormat } from './pagerduty-change.ts';

const change: unknown = JSON.parse(readFileSync(new URL('./fixtures/change.json', import.meta.url), 'utf8'));

test('is taken and says nothing of any alert', () => {
  const payload = pagerdutyChangeFormat.parse(aRequest(change), aContext());
  expect(payload).toEqual({ commands: [], rejected: [], truncatedAlerts: 0, nothingToDo: true });
  expect(pagerdutyChangeFormat.answer?.(payload, { accepted: 0, duplicates: 0, dropped: [] })).toEqual({
    status: 202,
    body: { status: 'success', message: 'Change event processed' },
  });
});

test.each([[[]], [{}], [{ payload: 7 }], [{ payload: {} }], [{ payload: { summary: 7 } }]])(
  '%j is refused',
  (body) => {
    expect(() => pagerdutyChangeFormat.parse(aRequest(body), aContext())).toThrow(/must be|expected/);
  },
);
