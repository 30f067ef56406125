/** One policy and one route per phase, told apart by the label `phase`. */
export function benchConfig(options: { readonly providerUrl: string; readonly sourceKey: string }): string {
  const page = ['channel:provider'];
  const route = (name: string, groupBy: string[]) => ({
    name,
    match: [`phase="${name}"`],
    group_by: groupBy,
    policy: name === 'steps' ? 'steps' : 'one-page',
  });
  // YAML takes JSON as it is
  return JSON.stringify({
    version: 1,
    sources: [{ name: 'bench', type: 'alertmanager', key: options.sourceKey }],
    routes: [
      route('single', ['instance']),
      route('steps', ['instance']),
      route('storm', ['team']),
      { policy: 'one-page' },
    ],
    policies: {
      'one-page': { steps: [{ notify: page, wait: '4h' }] },
      steps: {
        repeat: 100,
        steps: ['5s', '6s', '7s', '8s', '9s', '10s'].map((wait) => ({ notify: page, wait })),
      },
    },
    channels: {
      provider: {
        type: 'webhook',
        url: options.providerUrl,
        secret: 'a-secret-of-the-bench-that-guards-nothing',
      },
    },
    outbound: { allow_private: ['127.0.0.0/8'] },
  });
}
