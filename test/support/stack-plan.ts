/** What a test wants escalated, and how: one policy for each value of the label `route`. */
export interface StackPlan {
  readonly routes: Readonly<Record<string, RoutePlan>>;
  /** Channels that are no plain webhook, or that no policy names. */
  readonly channels?: Readonly<Record<string, ChannelKind>>;
  /** Beside the one for Alertmanager. */
  readonly sources?: readonly object[];
  /** Further sections of the configuration; `own` makes a name that no other stack has, `contact` a webhook of that name. */
  readonly more?: (
    own: (name: string) => string,
    contact: (name: string) => object,
  ) => Readonly<Record<string, unknown>>;
}

export interface RoutePlan {
  /** Default: what alerts carry in their label `route`. */
  readonly name?: string;
  /** The label that names the route; default `route`. */
  readonly by?: string;
  readonly repeat?: number;
  /** Further settings of the route, such as `group_wait`. */
  readonly route?: Readonly<Record<string, unknown>>;
  /** Further settings of the policy, such as `ack_timeout`. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly steps: readonly StepPlan[];
}

/** Names without a colon are channels. A step either notifies or branches. */
export interface StepPlan {
  readonly notify?: readonly string[];
  readonly wait?: string;
  readonly then?: readonly StepPlan[];
  readonly else?: readonly StepPlan[];
  readonly [setting: string]: unknown;
}

export type ChannelKind = 'webhook' | 'webhook with updates' | 'slack';

/** Where the channels of a plan really lead. */
export interface ChannelPlace {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly slackUrl: string;
  readonly slackToken: string;
  readonly slackSigningSecret: string;
}

export interface ConfigOptions extends ChannelPlace {
  /** Makes the names of one stack its own: they are parts of workflow ids. */
  readonly suffix: string;
  readonly sourceKey: string;
}

/** A route that no scenario uses; its second page shows that time has passed. */
export const metronome: RoutePlan = {
  steps: [
    { notify: ['metronome'], wait: '900ms' },
    { notify: ['metronome'], wait: '10m' },
  ],
};

export function channelKinds({ routes, channels = {} }: StackPlan): ReadonlyMap<string, ChannelKind> {
  const named = Object.values({ ...routes, metronome }).flatMap(({ steps }) =>
    namesIn(steps).filter((name) => !name.includes(':')),
  );
  const plain = [...new Set(named)].map((name): [string, ChannelKind] => [name, 'webhook']);
  return new Map([...plain, ...Object.entries(channels)]);
}

function namesIn(steps: readonly StepPlan[]): string[] {
  return steps.flatMap(({ notify = [], then = [], else: otherwise = [] }) => [
    ...notify,
    ...namesIn(then),
    ...namesIn(otherwise),
  ]);
}

/** Slack's ids are short and in capitals. */
export function slackChannelOf(name: string): string {
  return `C0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
}

/** `tocsin.yml` of a plan, as JSON, which is YAML too. */
export function configTextOf(plan: StackPlan, options: ConfigOptions): string {
  const routes = Object.entries({ ...plan.routes, metronome });
  return JSON.stringify({
    version: 1,
    sources: [
      { name: 'alertmanager', type: 'alertmanager', key: options.sourceKey },
      ...(plan.sources ?? []),
    ],
    routes: [
      ...routes.map(([label, { name = label, by = 'route', route = {} }]) => ({
        name: `${name}-${options.suffix}`,
        match: [`${by}="${label}-${options.suffix}"`],
        group_by: [by, 'alertname'],
        policy: label,
        ...route,
      })),
      { name: `rest-${options.suffix}`, policy: 'metronome' },
    ],
    policies: Object.fromEntries(
      routes.map(([label, { repeat = 0, policy, steps }]) => [
        label,
        { repeat, ...policy, steps: stepsOf(steps) },
      ]),
    ),
    channels: Object.fromEntries(
      [...channelKinds(plan)].map(([name, kind]) => [name, channelOf(name, kind, options)]),
    ),
    outbound: { allow_private: ['127.0.0.0/8'] },
    ...plan.more?.(
      (name) => `${name}-${options.suffix}`,
      (name) => channelOf(name, 'webhook', options),
    ),
  });
}

function stepsOf(steps: readonly StepPlan[]): object[] {
  return steps.map(({ notify, then, else: otherwise, ...step }) => ({
    ...step,
    ...(notify && { notify: notify.map((name) => (name.includes(':') ? name : `channel:${name}`)) }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the policy language; nobody awaits it
    ...(then && { then: stepsOf(then) }),
    ...(otherwise && { else: stepsOf(otherwise) }),
  }));
}

function channelOf(name: string, kind: ChannelKind, place: ChannelPlace): object {
  if (kind === 'slack') {
    const secrets = { token: place.slackToken, signing_secret: place.slackSigningSecret };
    return { type: 'slack', ...secrets, channel: slackChannelOf(name), api_url: place.slackUrl };
  }
  const url = `${place.webhookUrl}/${name}`;
  return { type: 'webhook', url, secret: place.webhookSecret, updates: kind === 'webhook with updates' };
}
