import type { FastifyInstance } from 'fastify';
import { createFakeApp, type LogLine } from '../../api/fake-app.ts';
import type { SourceConfig, TocsinConfig } from '../../config/config.ts';
import { hashKey } from '../../config/source-keys.ts';
import type { SenderCommand } from '../../domain/alert/command.ts';
import { type SourceType, sourceTypes } from '../../domain/source/source-type.ts';
import { createReceiver, type ReceiverOptions } from '../../ingest/receive.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { aConfig, prometheus } from './ingest.ts';
import { quietLogger } from './quiet-logger.ts';

/** The key of the source of each type; a routing key of PagerDuty has 32 characters. */
export function keyOf(type: SourceType): string {
  return `key-of-${type}`.padEnd(32, '0');
}

export function aSource(type: SourceType, changes: Partial<SourceConfig> = {}): SourceConfig {
  return { ...prometheus, name: type, type, keyHash: hashKey(keyOf(type)), ...changes };
}

/** The doors with their real formats, in front of an acceptor that only remembers. */
export interface DoorStage {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  /** What was accepted, in order. */
  readonly commands: SenderCommand[];
  readonly requests: Parameters<ReceiverOptions['acceptor']['accept']>[0][];
  readonly heard: string[];
  readonly lines: LogLine[];
}

export interface DoorOptions extends Partial<ReceiverOptions> {
  readonly sources?: readonly SourceConfig[];
}

export const nowMs = Date.parse('2026-09-14T08:40:00.000Z');

export function openDoors({ sources, ...options }: DoorOptions = {}): DoorStage {
  const fake = createFakeApp();
  const stage = { commands: [], requests: [], heard: [] } as Pick<
    DoorStage,
    'commands' | 'requests' | 'heard'
  >;
  const known: TocsinConfig = { ...aConfig(), sources: sources ?? sourceTypes.map((type) => aSource(type)) };
  const receiver = createReceiver({
    config: () => known,
    prepare: (commands) => ({ commands, dropped: [] }),
    acceptor: {
      async accept(request) {
        stage.requests.push(request);
        for (const { command } of request.commands) stage.commands.push(command);
        return { accepted: request.commands.length, duplicates: 0, dropped: [] };
      },
    },
    heard: ({ name }) => stage.heard.push(name),
    metrics: fake.metrics,
    logger: quietLogger(),
    now: () => nowMs,
    version: '1.2.3',
    ...options,
  });
  const { app, lines } = createFakeApp({ receiver, metrics: fake.metrics });
  return { app, lines, metrics: fake.metrics, ...stage };
}
