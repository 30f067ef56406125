import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signalGroup } from '../../dev/child.ts';
import { type RunningPostgres, startPostgres } from '../../dev/postgres.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { type ErrorCode, errorCodeOf, errorDefinitions } from '../../domain/errors.ts';
import { alertStreamOf } from '../../domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { anAlert, aRequest, type IngestNode, openIngestNode } from '../support/ingest.ts';
import { createScratchDir } from '../support/scratch-dir.ts';

/** A server that this test alone may kill. */
async function startAt(dir: string, port?: number): Promise<RunningPostgres> {
  return await startPostgres({
    dataDir: join(dir, 'postgres'),
    passwordFile: join(dir, 'password'),
    logFile: join(dir, 'postgres.log'),
    ...(port !== undefined && { port, exactPort: true }),
  });
}

async function kill(postgres: RunningPostgres): Promise<void> {
  signalGroup(postgres.pid, 'SIGKILL');
  await postgres.exited;
}

async function countFirings({ log }: IngestNode, alerts: readonly Alert[]): Promise<number[]> {
  return await Promise.all(
    alerts.map(async (alert) => {
      const events = await log.readStream(alertStreamOf(alert));
      return events.filter(({ body }) => body.type === 'AlertFired').length;
    }),
  );
}

interface Sent {
  readonly acknowledged: Alert[];
  readonly codes: ErrorCode[];
}

/** Thirty senders; each sends one alert after the other until it is told to come back. */
async function sendUntilRefused(
  node: IngestNode,
  alerts: readonly Alert[],
  onAcknowledged: (count: number) => void,
): Promise<Sent> {
  const sent: Sent = { acknowledged: [], codes: [] };
  const unsent = [...alerts];
  async function send(): Promise<void> {
    for (let alert = unsent.pop(); alert !== undefined; alert = unsent.pop()) {
      try {
        await node.acceptor.accept(aRequest(alert));
      } catch (error) {
        sent.codes.push(errorCodeOf(error));
        return;
      }
      onAcknowledged(sent.acknowledged.push(alert));
    }
  }
  await Promise.all(Array.from({ length: 30 }, send));
  return sent;
}

test('while the database is gone senders are told to come back, and nothing acknowledged is lost', async () => {
  using scratch = createScratchDir();
  let postgres = await startAt(scratch.path);
  try {
    await using node = await openIngestNode(postgres.url);
    const alerts = Array.from({ length: 20_000 }, () => anAlert());
    let killed: Promise<void> | undefined;
    const { acknowledged, codes } = await sendUntilRefused(node, alerts, (count) => {
      if (count >= 300) killed ??= kill(postgres);
    });
    await killed;
    expect(codes).toHaveLength(30);
    expect(new Set(codes.map((code) => errorDefinitions[code].status))).toEqual(new Set([503]));
    expect(await node.acceptor.accept(aRequest(anAlert())).catch(errorCodeOf)).toBe('store_unavailable');

    const { port } = postgres;
    // The dead server's sessions hold its shared memory for a moment.
    postgres = await eventually(() => startAt(scratch.path, port), 30_000, 100);
    await eventually(() => node.acceptor.accept(aRequest(anAlert())), 20_000, 50);
    expect(await countFirings(node, acknowledged)).toEqual(acknowledged.map(() => 1));
    // Whoever was not told that it worked sends the same again; so does, to be sure, everybody else.
    const again = alerts.slice(-3_000);
    await Promise.all(again.map((alert) => node.acceptor.accept(aRequest(alert))));
    expect(new Set(await countFirings(node, again))).toEqual(new Set([1]));
  } finally {
    await postgres.stop();
  }
});
