import { randomUUID } from 'node:crypto';
import type { SourceConfig, TocsinConfig } from '../config/config.ts';
import { findSource } from '../config/source-keys.ts';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import type { EventMetadata } from '../domain/events/envelope.ts';
import { alertmanagerStatus } from '../sources/alertmanager-api/alertmanager-status.ts';
import { createFormats, type Formats } from '../sources/formats.ts';
import type {
  AcceptCounts,
  HeaderLookup,
  ParsedCommand,
  ParsedPayload,
  SourceAnswer,
  SourceContext,
  SourceFormat,
} from '../sources/source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import {
  findKnownSource,
  type IdentifyOptions,
  identifySender,
  type RawRequest,
  type Sender,
} from './identify-sender.ts';
import { reportReceived } from './report-received.ts';

export interface ReceiverOptions {
  readonly config: () => TocsinConfig;
  readonly prepare: PrepareCommands;
  readonly acceptor: CommandAcceptor;
  readonly heard: SourceHeard;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of tocsin, for clients of Alertmanager's API that ask. */
  readonly version: string;
  /** Keys for PagerDuty triggers that name none; default UUIDs. */
  readonly newKey?: () => string;
}

/** The configuration is asked for once for each request, and decides all of it. */
export interface RequestContext {
  readonly source: SourceConfig;
  readonly config: TocsinConfig;
  readonly nowMs: number;
}

/** Processors and admission. Throws TocsinError `overloaded` when the whole request must come back later. */
export type PrepareCommands = (
  commands: readonly ParsedCommand[],
  context: RequestContext,
) => { readonly commands: readonly ParsedCommand[]; readonly dropped: AcceptCounts['dropped'] };

/** Answers once everything is on disk. */
export interface CommandAcceptor {
  accept(request: {
    readonly commands: readonly ParsedCommand[];
    readonly config: TocsinConfig;
    readonly metadata: EventMetadata;
  }): Promise<AcceptCounts>;
}

/** The source sent something that its format understands, whatever becomes of it. */
export type SourceHeard = (source: SourceConfig, commands: readonly ParsedCommand[], nowMs: number) => void;

export interface ReceiveRequest extends RawRequest {
  readonly requestId: string;
  readonly traceparent: string;
}

/** Who asks, as far as it is known without a body. */
export type Caller = Pick<RawRequest, 'door' | 'key'>;

/** The one way of every sender's request, from its bytes to the durable answer. */
export interface Receiver {
  /**
   * 422 is tocsin's own word for a batch of which nothing could be used; its body says why.
   *
   * @throws TocsinError when the request as a whole is refused; then nothing of it was accepted for certain
   */
  receive(request: ReceiveRequest): Promise<SourceAnswer>;
  /** How this sender is told of an error; undefined where that is tocsin's own problem document. */
  refuse(caller: Caller, error: TocsinError): SourceAnswer | undefined;
  /** Answers OPTIONS. Throws `unknown_source`, or `method_not_allowed` for a source without a handshake. */
  handshake(caller: Caller, header: HeaderLookup): SourceAnswer;
  /** What clients of Alertmanager's API ask before they send. Throws `unknown_source`. */
  describe(caller: Caller): object;
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { config, newKey = randomUUID } = options;
  const formats = createFormats({ newKey });
  const status = alertmanagerStatus({ version: options.version, startedAtMs: options.now() });
  return {
    receive: (request) => receive(request, { ...options, formats }),

    refuse(caller, error) {
      const format = formats.onlyOneAt(caller.door) ?? findFormat(caller, { config: config(), formats });
      return format?.refuse?.(error);
    },

    handshake(caller, header) {
      const { source, format } = findKnownSource(caller, { config: config(), formats });
      if (format.handshake === undefined) throw new TocsinError('method_not_allowed', { detail: 'use POST' });
      return format.handshake(
        header,
        source.rate ? { perMinute: Math.floor(source.rate.perSecond * 60) } : {},
      );
    },

    describe(caller) {
      findKnownSource(caller, { config: config(), formats });
      return status;
    },
  };
}

/** A sender that nobody knows is told in tocsin's own words. */
function findFormat(caller: Caller, options: IdentifyOptions): SourceFormat | undefined {
  const { door, key } = caller;
  const source = key === undefined ? undefined : findSource(options.config, key);
  return source && options.formats.find(door, source.type);
}

interface ReceiveDeps extends ReceiverOptions {
  readonly formats: Formats;
}

async function receive(request: ReceiveRequest, deps: ReceiveDeps): Promise<SourceAnswer> {
  const { metrics } = deps;
  const stopTimer = metrics.acceptSeconds.startTimer();
  const config = deps.config();
  let source = 'unknown';
  try {
    const sender = identifySender(request, { config, formats: deps.formats });
    source = sender.source.name;
    const answer = await receiveFrom(sender, { request, config, nowMs: deps.now() }, deps);
    stopTimer({ source });
    return answer;
  } catch (error) {
    metrics.alertsRejected.inc({ source, reason: errorCodeOf(error) });
    throw error;
  }
}

interface Arrival {
  readonly request: ReceiveRequest;
  readonly config: TocsinConfig;
  readonly nowMs: number;
}

async function receiveFrom(
  { source, format, readBody }: Sender,
  { request, config, nowMs }: Arrival,
  { prepare, acceptor, heard, metrics, logger }: ReceiveDeps,
): Promise<SourceAnswer> {
  const { requestId, traceparent, header } = request;
  const context = contextOf(source, nowMs);
  const payload = format.parse({ body: readBody(context), header }, context);
  heard(source, payload.commands, nowMs);
  const { commands, dropped } = prepare(payload.commands, { source, config, nowMs });
  const metadata = { actor: source.name, via: 'source', requestId, traceparent } as const;
  const result = commands.length > 0 ? await acceptor.accept({ commands, config, metadata }) : nothing;
  const counts = { ...result, dropped: [...dropped, ...result.dropped] };
  reportReceived({ source: source.name, requestId, traceparent, payload, counts }, { metrics, logger });
  return format.answer?.(payload, counts) ?? ownAnswer(payload, counts);
}

const nothing: AcceptCounts = { accepted: 0, duplicates: 0, dropped: [] };

/** What a format may know: neither the key nor what is not its business. */
function contextOf(source: SourceConfig, receivedAtMs: number): SourceContext {
  const { name, tenant, validation, resolveTimeoutMs, signature, mapping } = source;
  return {
    ...{ tenant, source: name, validation, resolveTimeoutMs, receivedAtMs },
    ...(signature && { signature }),
    ...(mapping && { mapping }),
  };
}

function ownAnswer(payload: ParsedPayload, { accepted, duplicates, dropped }: AcceptCounts): SourceAnswer {
  const isUsable = payload.commands.length > 0 || payload.nothingToDo === true;
  const body = { accepted, duplicates, dropped, rejected: payload.rejected };
  return { status: isUsable ? 202 : 422, body };
}
