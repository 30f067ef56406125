export interface DemoGuideOptions {
  readonly apiUrl: string;
  readonly demoKey: string;
  /** What a shell puts into the header: `$TOCSIN_TOKEN` or `$(cat .tocsin/token)`. */
  readonly tokenExpression: string;
}

/** What a newcomer types next. Every paste of the first command starts a new episode, because `date` runs in it. */
export function demoGuide({ apiUrl, demoKey, tokenExpression }: DemoGuideOptions): string[] {
  const authorization = `-H "authorization: Bearer ${tokenExpression}"`;
  return [
    'fire an alert:',
    `  curl -sS ${apiUrl}/v1/sources/${demoKey} -H 'content-type: application/json' -d '${demoNotification()}'`,
    'the page appears here at once, and its escalation after 30 s unless somebody acknowledges:',
    `  curl -sS ${apiUrl}/v1/incidents ${authorization}`,
    `  curl -sS ${apiUrl}/v1/incidents/ID/acknowledge ${authorization} -H 'content-type: application/json' -d '{"by":"me"}'`,
    'what happened, and when:',
    `  curl -sS ${apiUrl}/v1/incidents/ID/timeline ${authorization}`,
  ];
}

/** An Alertmanager webhook v4 body inside single quotes, with the shell's clock as the start of the alert. */
function demoNotification(): string {
  const labels = { alertname: 'DiskFull', severity: 'critical', instance: 'db-1' };
  const annotations = { summary: 'disk of db-1 is 97 % full' };
  const body = {
    version: '4',
    groupKey: '{}:{alertname="DiskFull"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'tocsin',
    groupLabels: { alertname: labels.alertname },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://127.0.0.1:9093',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        startsAt: 'NOW',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://127.0.0.1:9090/graph',
        fingerprint: '5f1d9b1c0e7a4d21',
      },
    ],
  };
  return JSON.stringify(body).replace('NOW', `'$(date -u +%Y-%m-%dT%H:%M:%SZ)'`);
}
