import type { RecordedRequest } from './fake-http.ts';
import type { FakeSlack } from './fake-slack.ts';
import type { FakeWebhook } from './fake-webhook.ts';
import { slackChannelOf } from './stack-plan.ts';

/** One request as a provider saw it, whatever it answered. */
export interface WireHit {
  readonly channel: string;
  readonly key: string;
  readonly kind: 'page' | 'update' | 'resolved' | 'reminder' | 'undo' | 'test';
  readonly incidentId: string;
  readonly title: string;
  /** The whole body, in which a scenario finds its own route. */
  readonly body: string;
  readonly receivedAtMs: number;
  readonly request: RecordedRequest;
}

export interface Wire {
  readonly webhook: FakeWebhook;
  readonly slack: FakeSlack;
  /** Everything that was sent, in the order of its arrival at each provider. */
  hits(): WireHit[];
  /** What the webhook answered with 2xx, and what Slack was asked. */
  accepted(): WireHit[];
  close(): Promise<void>;
}

/** `channels` are the names of the Slack channels. */
export function createWire(webhook: FakeWebhook, slack: FakeSlack, channels: readonly string[]): Wire {
  const nameOf = new Map(channels.map((name) => [slackChannelOf(name), name]));
  // what it reads, and its answers to who pressed a button, are no messages
  const messages = () => slack.requests.filter(({ path }) => path.startsWith('/api/chat.'));
  const slackHits = () => messages().map((request) => slackHit(request, nameOf));
  return {
    webhook,
    slack,
    hits: () => [...webhook.requests.map(webhookHit), ...slackHits()],
    accepted: () => [...webhook.deliveries.map(({ request }) => webhookHit(request)), ...slackHits()],
    async close() {
      await Promise.all([webhook.close(), slack.close()]);
    },
  };
}

function webhookHit(request: RecordedRequest): WireHit {
  const body = JSON.parse(request.body) as {
    type: `incident.${WireHit['kind']}`;
    incident: { id: string; title: string };
  };
  return {
    channel: request.path.slice(1),
    key: request.headers['webhook-id'] ?? '',
    kind: body.type.slice('incident.'.length) as WireHit['kind'],
    incidentId: body.incident.id,
    title: body.incident.title,
    body: request.body,
    receivedAtMs: request.receivedAtMs,
    request,
  };
}

function slackHit(request: RecordedRequest, nameOf: ReadonlyMap<string, string>): WireHit {
  const { channel, text, metadata } = JSON.parse(request.body) as {
    channel: string;
    text: string;
    metadata: { event_payload: { notification_key: string; incident_id: string; kind: WireHit['kind'] } };
  };
  const { notification_key: key, incident_id: incidentId, kind } = metadata.event_payload;
  return {
    channel: nameOf.get(channel) ?? channel,
    key,
    kind,
    incidentId,
    title: text,
    body: request.body,
    receivedAtMs: request.receivedAtMs,
    request,
  };
}
