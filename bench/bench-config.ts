const secret = 'a-secret-of-the-bench-that-guards-nothing';
const policies: ReadonlyMap<string, string> = new Map([
  ['steps', 'steps'],
  ['patient', 'patient'],
  ['outage', 'outage'],
]);

/** One policy and one route per phase, told apart by the label `phase`. */
export function benchConfig(options: {
  readonly providerUrl: string;
  readonly sourceKey: string;
  /** From one step of a patient incident to the next. */
  readonly patientWait?: string;
}): string {
  const page = ['channel:provider'];
  const route = (name: string, groupBy: string[]) => ({
    name,
    match: [`phase="${name}"`],
    group_by: groupBy,
    policy: policies.get(name) ?? 'one-page',
  });
  // YAML takes JSON as it is
  return JSON.stringify({
    version: 1,
    sources: [{ name: 'bench', type: 'alertmanager', key: options.sourceKey }],
    routes: [
      route('single', ['instance']),
      route('steps', ['instance']),
      route('storm', ['team']),
      route('patient', ['instance']),
      route('outage', ['instance']),
      { policy: 'one-page' },
    ],
    policies: {
      'one-page': { steps: [{ notify: page, wait: '4h' }] },
      steps: {
        repeat: 100,
        steps: ['5s', '6s', '7s', '8s', '9s', '10s'].map((wait) => ({ notify: page, wait })),
      },
      patient: { repeat: 1_000, steps: [{ notify: page, wait: options.patientWait ?? '10m' }] },
      outage: {
        steps: [
          { notify: ['channel:flaky'], wait: '5m' },
          { notify: page, wait: '4h' },
        ],
      },
    },
    channels: {
      provider: { type: 'webhook', url: options.providerUrl, secret },
      flaky: { type: 'webhook', url: new URL('/flaky', options.providerUrl).href, secret },
    },
    outbound: { allow_private: ['127.0.0.0/8'] },
  });
}
