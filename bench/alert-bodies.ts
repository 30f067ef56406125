/** What the generator sends: an Alertmanager webhook of version 4 with realistic sizes. */
export interface BenchAlert {
  readonly instance: string;
  /** The matcher of the route that the phase uses. */
  readonly phase: string;
  readonly status?: 'firing' | 'resolved';
  readonly severity?: string;
  readonly team?: string;
  readonly startsAt: string;
}

export function bodyOf(alerts: readonly BenchAlert[]): string {
  return JSON.stringify({
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'tocsin',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org:9093',
    alerts: alerts.map(entryOf),
  });
}

function entryOf({
  instance,
  phase,
  status = 'firing',
  severity = 'critical',
  team = 'core',
  startsAt,
}: BenchAlert) {
  return {
    status,
    labels: { alertname: 'DiskFull', instance, job: 'node', cluster: 'north', team, severity, phase },
    annotations: {
      summary: `the disk of ${instance} is full`,
      description: 'less than 5 % of the space are left; see the runbook for what may be deleted',
      runbook_url: 'https://runbooks.example.org/disk-full',
    },
    startsAt,
    endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
    generatorURL: `http://prometheus.example.org:9090/graph?g0.expr=disk_free&g0.tab=1`,
    fingerprint: fingerprintOf(instance),
  };
}

/** Sixteen hexadecimal digits that lead back to the instance, whose name ends in a number. */
export function fingerprintOf(instance: string): string {
  const [, prefix = '', number = '0'] = /^(.*?)-(\d+)$/.exec(instance) ?? [];
  const hash = [...prefix].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) >>> 0, 7);
  return hash.toString(16).padStart(8, '0') + Number(number).toString(16).padStart(8, '0');
}
