import { type Layout, withKnown } from './layout.ts';
import { type Pointer, pointerOf } from './pointer.ts';

const firing = ['firing', 'alerting', 'active', 'open', 'triggered', 'trigger', 'problem', 'down', 'failed'];
const resolved = ['resolved', 'resolve', 'ok', 'closed', 'normal', 'recovered', 'recovery', 'inactive', 'up'];

/** Members that become labels of the same name. */
const labelNames = [
  'service',
  'host',
  'instance',
  'environment',
  'cluster',
  'namespace',
  'region',
  'component',
  'job',
  'team',
];

/** For a source of type `generic` without a mapping: what such bodies usually call the parts of an alert. */
export const defaultLayout: Layout = withKnown({
  alerts: pointerOf(['alerts']),
  isListOptional: true,
  status: members('status', 'state'),
  isStatusOptional: true,
  statusWords: new Map([
    ...firing.map((word) => [word, 'firing'] as const),
    ...resolved.map((word) => [word, 'resolved'] as const),
  ]),
  severity: members('severity', 'level', 'priority'),
  severityWords: new Map(),
  identity: [members('fingerprint', 'dedup_key', 'dedupKey', 'alert_id', 'alertId', 'id')],
  isIdentityOptional: true,
  isTitleNaming: true,
  startsAt: members('startsAt', 'starts_at', 'startedAt', 'started_at'),
  endsAt: members('endsAt', 'ends_at', 'endedAt', 'ended_at', 'resolvedAt', 'resolved_at'),
  url: members('url', 'link', 'generatorURL', 'generator_url'),
  allLabels: members('labels'),
  labels: [
    ['alertname', members('alertname', 'alert_name', 'alertName', 'name')],
    ...labelNames.map((name) => [name, members(name)] as const),
  ],
  allAnnotations: members('annotations'),
  annotations: [
    ['summary', members('title', 'summary', 'subject', 'message', 'text')],
    ['description', members('description', 'message', 'text')],
  ],
});

function members(...names: readonly string[]): readonly Pointer[] {
  return names.map((name) => pointerOf([name]));
}
