import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakePagerdutyOptions {
  /** The integration keys that there are. */
  readonly routingKeys: readonly string[];
  readonly port?: number;
}

export interface PagerdutyAlert {
  readonly dedupKey: string;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly severity: string;
  /** The summaries of all triggers, the first one first. */
  readonly summaries: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
}

export interface FakePagerduty extends Programme, AsyncDisposable {
  readonly apiUrl: string;
  readonly server: FakeHttp;
  readonly requests: readonly RecordedRequest[];
  /** The alerts as they stand, oldest first; a trigger after a resolve opens another one. */
  alerts(): readonly PagerdutyAlert[];
  close(): Promise<void>;
}

interface EventInput {
  readonly routing_key?: string;
  readonly event_action?: string;
  readonly dedup_key?: string;
  readonly payload?: {
    readonly summary?: string;
    readonly source?: string;
    readonly severity?: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
  readonly links?: readonly { readonly href?: string }[];
}

/** Events API v2: 202 for what it takes, 400 with errors for what it does not. */
export async function createFakePagerduty(options: FakePagerdutyOptions): Promise<FakePagerduty> {
  const programme = createProgramme();
  const account = createAccount(options.routingKeys);
  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => programme.take(request) ?? account.enqueue(request),
  });
  const { next, always } = programme;
  const { url: apiUrl, requests, close } = server;
  const { alerts } = account;
  return { apiUrl, server, requests, alerts, next, always, close, [Symbol.asyncDispose]: close };
}

function createAccount(routingKeys: readonly string[]) {
  const alerts: PagerdutyAlert[] = [];

  function enqueue(request: RecordedRequest): PlainAnswer {
    if (request.method !== 'POST' || request.path !== '/v2/enqueue') return { status: 404 };
    if (Buffer.byteLength(request.body) > 524_288) return { status: 413 };
    const event = JSON.parse(request.body) as EventInput;
    const errors = errorsOf(event, routingKeys);
    if (errors.length > 0) {
      return json(400, { status: 'invalid event', message: 'Event object is invalid', errors });
    }
    apply(event);
    return json(202, { status: 'success', message: 'Event processed', dedup_key: event.dedup_key });
  }

  function apply({ event_action, dedup_key = '', payload }: EventInput): void {
    const index = alerts.findLastIndex((alert) => alert.dedupKey === dedup_key && alert.state !== 'resolved');
    const open = alerts[index];
    if (event_action === 'trigger') {
      const summary = payload?.summary ?? '';
      if (open !== undefined) alerts[index] = { ...open, summaries: [...open.summaries, summary] };
      else {
        alerts.push({
          dedupKey: dedup_key,
          state: 'triggered',
          severity: payload?.severity ?? '',
          summaries: [summary],
          details: payload?.custom_details ?? {},
        });
      }
      return;
    }
    // without an open alert it is accepted and dropped
    if (open === undefined) return;
    alerts[index] = { ...open, state: event_action === 'resolve' ? 'resolved' : 'acknowledged' };
  }

  return { enqueue, alerts: () => [...alerts] };
}

function errorsOf(event: EventInput, routingKeys: readonly string[]): string[] {
  const { routing_key = '', event_action = '', dedup_key, payload, links = [] } = event;
  const errors: string[] = [];
  if (!routingKeys.includes(routing_key)) errors.push("'routing_key' is invalid");
  if (!['trigger', 'acknowledge', 'resolve'].includes(event_action)) errors.push("'event_action' is invalid");
  if (dedup_key !== undefined && dedup_key.length > 255) errors.push("'dedup_key' is too long");
  if (event_action !== 'trigger') {
    if (!dedup_key) errors.push("'dedup_key' is missing or blank");
    return errors;
  }
  if (!payload?.summary) errors.push("'payload.summary' is missing or blank");
  if ((payload?.summary?.length ?? 0) > 1_024) errors.push("'payload.summary' is too long");
  if (!payload?.source) errors.push("'payload.source' is missing or blank");
  if (!['critical', 'error', 'warning', 'info'].includes(payload?.severity ?? '')) {
    errors.push("'payload.severity' is invalid");
  }
  if (links.some(({ href }) => !href?.startsWith('http'))) errors.push("'links' is invalid");
  return errors;
}

function json(status: number, body: object): PlainAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
