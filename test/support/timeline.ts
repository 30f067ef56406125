import { randomBytes } from 'node:crypto';
import { alertmanagerBody, type SentAlert } from './alertmanager-body.ts';
import { eventually } from './eventually.ts';
import type { ApiAnswer, IncidentBody, Page, TimelineItem } from './incident-api.ts';
import type { Stack } from './stack.ts';
import type { WireHit } from './wire.ts';

export interface AlertOptions {
  readonly severity?: 'critical' | 'error' | 'warning' | 'info';
  readonly instance?: string;
  readonly summary?: string;
  readonly startsAt?: string;
  /** Default: the stack's first server. */
  readonly url?: string;
}

export interface Expected<T> {
  within(ms: number): Promise<T>;
}

/** One route's story: what is sent to it, what comes of it, and that nothing else does. */
export interface Timeline {
  fire(name: string, options?: AlertOptions): Promise<SentAlert>;
  /** One that was not sent yet. */
  anAlert(name: string, options?: AlertOptions): SentAlert;
  /** Sends something as it is, and answers what the server said. */
  send(alerts: readonly SentAlert[], url?: string): Promise<Response>;
  clear(alert: SentAlert): Promise<void>;
  /** The next page of a channel that nobody has expected yet; it must match. */
  expectPage(channel: string, pattern: RegExp): Expected<WireHit>;
  /** One page for each pattern, in any order. */
  expectPages(channel: string, patterns: readonly RegExp[]): Expected<WireHit[]>;
  expectUpdate(channel: string, pattern: RegExp): Expected<WireHit>;
  expectResolved(channel: string, pattern: RegExp): Expected<WireHit>;
  /** A request that the provider did not take. */
  expectAttempt(channel: string, count: number): Expected<WireHit[]>;
  /** Commands about the incident that was paged last. */
  command(name: string, body?: object): Promise<ApiAnswer>;
  incident(): Promise<IncidentBody>;
  incidents(): Promise<readonly IncidentBody[]>;
  history(): Promise<readonly TimelineItem[]>;
  /** The nth entry of a kind in the incident's timeline, from 1. */
  expectEntry(kind: string, nth?: number): Expected<TimelineItem>;
  /** Until so many incidents of the route are resolved. */
  expectResolvedIncidents(count: number): Expected<true>;
  /** A page is due after 0.9 s in another route; when it is there, that time has passed for this one too. */
  letTimePass(): Promise<void>;
  /** Throws for every page, update or resolution that was not expected. */
  expectNoMorePages(): void;
  /** Lets commands and entries be about an incident that has paged nobody yet. */
  about(incidentId: string): Timeline;
  readonly incidentId: string;
}

const sendTimeoutMs = 15_000;

export function createTimeline(stack: Stack, route: string): Timeline {
  const label = `${route}-${stack.suffix}`;
  const expected = new Set<WireHit['request']>();
  let incidentId = '';

  const own = (hits: readonly WireHit[]): WireHit[] => hits.filter(({ body }) => body.includes(label));
  const unexpected = (kind: WireHit['kind'], channel: string): WireHit[] =>
    own(stack.wire.accepted()).filter(
      (hit) => hit.channel === channel && hit.kind === kind && !expected.has(hit.request),
    );
  const expectKind = (kind: WireHit['kind'], channel: string, pattern: RegExp): Expected<WireHit> => ({
    within: async (ms) => {
      const hit = await eventually(() => unexpected(kind, channel)[0], ms);
      if (!pattern.test(hit.body)) throw new Error(`expected ${pattern} at ${channel}, got ${hit.body}`);
      expected.add(hit.request);
      incidentId = hit.incidentId;
      return hit;
    },
  });

  const send: Timeline['send'] = async (alerts, url = stack.url) => {
    const response = await fetch(`${url}/v1/sources/${stack.canaries.sourceKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: alertmanagerBody(alerts),
      signal: AbortSignal.timeout(sendTimeoutMs),
    });
    if (response.status === 202) stack.acknowledged.push(...alerts);
    return response;
  };
  const sendAccepted = async (alert: SentAlert, url?: string): Promise<void> => {
    const response = await send([alert], url);
    if (response.status !== 202)
      throw new Error(`the server answered ${response.status}: ${await response.text()}`);
  };
  const history = async () =>
    (await stack.api.get<Page<TimelineItem>>(`/v1/incidents/${incidentId}/timeline`)).items;

  const incidents = async () => {
    const { items } = await stack.api.get<Page<IncidentBody>>('/v1/incidents?limit=200');
    return items.filter((one) => one.route === label);
  };

  let ownVersion = 0;
  const timeline: Timeline = {
    get incidentId() {
      return incidentId;
    },
    async fire(name, options = {}) {
      const alert = aSentAlert(label, name, options);
      await sendAccepted(alert, options.url);
      return alert;
    },
    anAlert: (name, options = {}) => aSentAlert(label, name, options),
    send,
    clear: (alert) => sendAccepted({ ...alert, status: 'resolved' }),
    expectPage: (channel, pattern) => expectKind('page', channel, pattern),
    expectPages: (channel, patterns) => ({
      within: async (ms) => {
        const hits = await eventually(() => matchAll(unexpected('page', channel), patterns), ms);
        for (const { request } of hits) expected.add(request);
        return hits;
      },
    }),
    expectUpdate: (channel, pattern) => expectKind('update', channel, pattern),
    expectResolved: (channel, pattern) => expectKind('resolved', channel, pattern),
    expectAttempt: (channel, count) => ({
      within: (ms) =>
        eventually(() => {
          const hits = own(stack.wire.hits()).filter((one) => one.channel === channel);
          return hits.length >= count ? hits : undefined;
        }, ms),
    }),
    async command(name, body = {}) {
      const answer = await stack.api.post(`/v1/incidents/${incidentId}/${name}`, { by: 'amy', ...body });
      const version = (answer.body as { version?: unknown } | undefined)?.version;
      if (typeof version === 'number') ownVersion = Math.max(ownVersion, version);
      return answer;
    },
    // as a user who reads what he has just done; of what others did the view may be a moment old
    incident: () => stack.api.get<IncidentBody>(`/v1/incidents/${incidentId}?min_version=${ownVersion}`),
    incidents,
    history,
    expectEntry: (kind, nth = 1) => ({
      within: (ms) =>
        eventually(async () => (await history()).filter((item) => item.kind === kind)[nth - 1], ms),
    }),
    expectResolvedIncidents: (count) => ({
      within: (ms) =>
        eventually(async () => {
          const resolved = (await incidents()).filter(({ state }) => state === 'resolved');
          return resolved.length >= count ? true : undefined;
        }, ms),
    }),
    letTimePass: () => letTimePass(stack),
    expectNoMorePages() {
      const surplus = own(stack.wire.accepted()).filter(({ request }) => !expected.has(request));
      if (surplus.length === 0) return;
      const listed = surplus.map(({ channel, kind, body }) => `${kind} at ${channel}: ${body}`);
      throw new Error(`nobody expected:\n${listed.join('\n')}`);
    },
    about(id) {
      incidentId = id;
      return timeline;
    },
  };
  return timeline;
}

function aSentAlert(route: string, name: string, options: AlertOptions): SentAlert {
  const { severity = 'critical', instance = 'db-1', summary = `${name} on ${instance}` } = options;
  return {
    status: 'firing',
    labels: { alertname: name, route, instance, severity },
    summary,
    startsAt: options.startsAt ?? new Date().toISOString(),
  };
}

/** Undefined until every pattern has a hit of its own. */
function matchAll(hits: readonly WireHit[], patterns: readonly RegExp[]): WireHit[] | undefined {
  const left = [...hits];
  const matched = patterns.flatMap((pattern) => {
    const index = left.findIndex(({ body }) => pattern.test(body));
    return index < 0 ? [] : left.splice(index, 1);
  });
  return matched.length === patterns.length ? matched : undefined;
}

async function letTimePass(stack: Stack): Promise<void> {
  const metronome = createTimeline(stack, 'metronome');
  const name = `Tick${randomBytes(4).toString('hex')}`;
  const alert = await metronome.fire(name);
  const isOurs = () => stack.wire.accepted().filter(({ body }) => body.includes(name));
  await eventually(() => (isOurs().length >= 2 ? true : undefined), 20_000);
  await metronome.clear(alert);
}
