import { printable } from '../dev/terminal.ts';
import type { ExplainedTarget } from '../domain/policy/explain-policy.ts';
import type { ExplainedAlert, ExplainedIncident, RouteTestAnswer } from '../ingest/route-explainer.ts';

const indent = '  ';

/** The answer for a human at a terminal, where alert text must not move the cursor. */
export function routeTestText({ alerts, rejected, omitted }: RouteTestAnswer): string {
  const lines = [
    ...alerts.flatMap(alertLines),
    ...rejected.map(
      ({ index, path, reason }) => `alert ${index}: refused${path && ` at ${path}`}: ${reason}`,
    ),
    ...(omitted > 0 ? [`and ${omitted} alerts more`] : []),
  ];
  return lines.map(printable).join('\n');
}

function alertLines(alert: ExplainedAlert): string[] {
  const head = `alert ${alert.index}: ${alert.status}, ${alert.severity}: ${labelText(alert.labels)}`;
  if (alert.dropped !== null) return [head, `${indent}dropped by a processor: ${alert.dropped}`];
  return [head, ...alert.incidents.flatMap(incidentLines)];
}

function incidentLines(incident: ExplainedIncident): string[] {
  const { path, groupLabels, groupWait, workflowId, quieting, policy } = incident;
  const names = path.map(({ route }) => route).join(' > ');
  return [
    row('route', names),
    ...path.map(({ route, match }) => row('', `${route}: ${match.join(', ') || 'every alert'}`)),
    row('group', `${labelText(groupLabels)}${groupWait === '0s' ? '' : `, gathers for ${groupWait}`}`),
    row('workflow', workflowId),
    ...quieting.map(({ kind, rule, until }) =>
      row('quiet', `${kind} ${rule}${until ? ` until ${until}` : ''}`),
    ),
    row('policy', `${policy.name}${policy.repeat > 0 ? `, repeated ${policy.repeat} times` : ''}`),
    ...policy.steps.map(({ after, notify, if: conditions = [] }) => {
      const targets = notify.map(targetText).join(', ');
      const asked = conditions.length === 0 ? '' : `, if ${conditions.join(' and ')}`;
      return row('', `after ${after}: ${targets}${asked}`);
    }),
  ].map((line) => `${indent}${line}`);
}

/** Who a user or a schedule stands for shows when the step is due. */
function targetText({ target, provider }: ExplainedTarget): string {
  return provider === undefined ? target : `${target} (${provider})`;
}

function row(name: string, text: string): string {
  return `${name.padEnd(10)}${text}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return texts.join(', ') || 'no labels';
}
