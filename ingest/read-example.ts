import type { SourceConfig } from '../config/config.ts';
import type { Alert, Labels } from '../domain/alert/alert.ts';
import { alertmanagerFormat } from '../sources/alertmanager/alertmanager.ts';
import type { Formats } from '../sources/formats.ts';
import type { ParsedCommand, ParsedPayload, SourceContext } from '../sources/source.ts';

/** An alert that somebody made up, or a request of a sender's as it was or would be. */
export type Example =
  | {
      readonly kind: 'labels';
      readonly labels: Labels;
      readonly annotations: Labels;
      readonly source?: SourceConfig;
    }
  | {
      readonly kind: 'payload';
      readonly payload: unknown;
      readonly source: SourceConfig;
      /** Of the request, by names in lower case. */
      readonly headers: ReadonlyMap<string, string>;
    };

export interface ReadExample {
  readonly alerts: readonly { readonly index: number; readonly alert: Alert }[];
  readonly rejected: ParsedPayload['rejected'];
}

export interface ExampleOptions {
  readonly formats: Formats;
  readonly tenant: string;
  readonly nowMs: number;
}

/**
 * Normalises an example as its source's format would. A payload's signature is not asked for: nothing comes of it.
 *
 * @throws TocsinError `invalid_payload` or `too_many_alerts`
 */
export function readExample(example: Example, { formats, tenant, nowMs }: ExampleOptions): ReadExample {
  const { source } = example;
  const context = source === undefined ? madeUpContext(tenant, nowMs) : contextOf(source, nowMs);
  if (example.kind === 'labels') {
    const { labels, annotations } = example;
    const startsAt = new Date(nowMs).toISOString();
    const body = { version: '4', alerts: [{ status: 'firing', labels, annotations, startsAt }] };
    return observedIn(alertmanagerFormat.parse({ body, header: () => undefined }, context));
  }
  const { payload: body, headers } = example;
  const isList = Array.isArray(body);
  const { type } = example.source;
  // the two doors of this type take shapes that cannot be mistaken for each other
  const door = type === 'alertmanager' && isList ? 'alertmanager-api' : 'source';
  const contentType = `application/cloudevents${isList ? '-batch' : ''}+json`;
  const header = (name: string) =>
    headers.get(name) ?? (name === 'content-type' && headers.size === 0 ? contentType : undefined);
  const format = formats.find(door, type) ?? alertmanagerFormat;
  return observedIn(format.parse({ body, header }, context));
}

function observedIn({ commands, rejected }: ParsedPayload): ReadExample {
  const alerts = commands.flatMap(({ index, command }) =>
    command.kind === 'observe' ? [{ index, alert: command.alert }] : [],
  );
  const nameless = commands.filter(({ command }) => command.kind !== 'observe').map(toRejected);
  return { alerts, rejected: [...rejected, ...nameless] };
}

/** Such as PagerDuty's `resolve`: it concerns an alert that is known already. */
function toRejected({ index, command }: ParsedCommand): ParsedPayload['rejected'][number] {
  const reason = `${command.kind} names an alert and says nothing of its labels: it goes where the alert went`;
  return { index, path: '', reason };
}

function contextOf(source: SourceConfig, receivedAtMs: number): SourceContext {
  const { name, tenant, validation, resolveTimeoutMs, mapping } = source;
  return { tenant, source: name, validation, resolveTimeoutMs, receivedAtMs, ...(mapping && { mapping }) };
}

function madeUpContext(tenant: string, receivedAtMs: number): SourceContext {
  return { tenant, source: 'example', validation: 'strict', resolveTimeoutMs: 0, receivedAtMs };
}
