import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AlertEvent } from '../../domain/events/alert-events.ts';
import { alertmanagerBody, fingerprintOfSent, type SentAlert } from '../support/alertmanager-body.ts';
import { eventually } from '../support/eventually.ts';
import { readRecordedLog, readRows } from '../support/recorded-log.ts';
import { type Stack, startStack } from '../support/stack.ts';
import type { StackPlan } from '../support/stack-plan.ts';

const reloads = 100;
const alertsPerBody = 20;
const senders = 4;
/** Incidents that stay open over all reloads. */
const groups = ['one', 'two', 'three'];

/** All that decides carries the edition's mark: processors, routes and policies. */
function planOf(edition: string): StackPlan {
  return {
    routes: {},
    channels: { ops: 'webhook' },
    more: (own) => ({
      processors: [{ add_labels: { edition } }],
      routes: [
        {
          name: own(`edition-${edition}`),
          match: [`edition="${edition}"`],
          group_by: ['group'],
          policy: edition,
        },
        { name: own('rest'), policy: edition },
      ],
      policies: { [edition]: { steps: [{ notify: ['channel:ops'], wait: '10m' }] } },
    }),
  };
}

function anAlert(): SentAlert {
  const group = groups[randomBytes(1).readUInt8() % groups.length] ?? 'one';
  return {
    status: 'firing',
    labels: { alertname: 'Load', group, instance: randomBytes(8).toString('hex'), severity: 'info' },
    summary: 'load',
    startsAt: new Date().toISOString(),
  };
}

async function send(stack: Stack, alerts: readonly SentAlert[]): Promise<boolean> {
  const response = await fetch(`${stack.url}/v1/sources/${stack.canaries.sourceKey}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: alertmanagerBody(alerts),
  });
  await response.arrayBuffer();
  return response.status === 202;
}

function isAlertEvent(event: { type: string }): event is AlertEvent {
  return event.type.startsWith('Alert') && !event.type.startsWith('Alerts');
}

test('a hundred reloads under load: no decision of mixed versions, nothing lost, no incident orphaned', async () => {
  await using stack = await startStack({ plan: planOf('a') });
  const acknowledged: SentAlert[] = [];
  let isDone = false;
  let refused = 0;
  const sending = Array.from({ length: senders }, async () => {
    while (!isDone) {
      const alerts = Array.from({ length: alertsPerBody }, anAlert);
      if (await send(stack, alerts)) acknowledged.push(...alerts);
      else refused += 1;
    }
  });
  for (let count = 1; count <= reloads; count += 1) {
    stack.reconfigure(planOf(count % 2 === 0 ? 'a' : 'b'));
    const { status, body } = await stack.api.post('/v1/config/reload', {});
    expect({ status, changed: body.changed }).toEqual({ status: 200, changed: true });
  }
  isDone = true;
  await Promise.all(sending);
  expect(refused).toBe(0);

  const events = (await readRecordedLog(stack.databaseUrl)).map(({ event }) => event).filter(isAlertEvent);
  const fired = events.filter(({ type }) => type === 'AlertFired');
  const editionOf = new Map<number, string>();
  for (const { data } of fired) {
    const edition = data.alert.labels.edition ?? '';
    const [taken] = data.incidents;
    expect(taken?.route).toBe(`edition-${edition}-${stack.suffix}`);
    expect(taken?.policy).toBe(edition);
    expect(editionOf.get(data.configVersion) ?? edition).toBe(edition);
    editionOf.set(data.configVersion, edition);
  }
  expect([...editionOf.values()].sort()).toEqual(['a', 'b']);

  const stored = new Set(fired.map(({ data }) => data.alert.fingerprint));
  expect(acknowledged.filter((alert) => !stored.has(fingerprintOfSent(alert)))).toEqual([]);

  const cleared = acknowledged.map((alert) => ({ ...alert, status: 'resolved' as const }));
  for (let at = 0; at < cleared.length; at += 500)
    expect(await send(stack, cleared.slice(at, at + 500))).toBe(true);
  const open = await eventually(async () => {
    const left = await readRows(stack.databaseUrl, "SELECT FROM incident_views WHERE state <> 'resolved'");
    const all = await readRows(stack.databaseUrl, 'SELECT FROM incident_views');
    return left.length === 0 && all.length >= groups.length * 2 ? all : undefined;
  }, 60_000);
  process.stderr.write(`${acknowledged.length} alerts, ${open.length} incidents over ${reloads} reloads\n`);
  await stack.stop();
});
