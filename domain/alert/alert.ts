import { limits } from '../limits.ts';
import type { Severity } from '../severity.ts';

export type Labels = Readonly<Record<string, string>>;

/** Flag of an alert whose sender named no usable start (none, or one in the future); `startsAt` is its arrival. */
export const startAssumed = 'start_assumed';

/** One normalised observation of one thing that is wrong. Instants are ISO 8601 in UTC with milliseconds. */
export interface Alert {
  readonly tenant: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: Severity;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt?: string;
  /** A firing alert that is over when its sender has not repeated it by then. */
  readonly expiresAt?: string;
  readonly generatorUrl?: string;
  /** Fields of the sender's that the format does not name, as they came; at most `limits.maxExtraBytes` of JSON. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What tocsin had to change to keep the alert, such as `text_replaced`. */
  readonly flags?: readonly string[];
}

/** What a saga keeps and a page carries of an alert; long texts are cut. */
export interface AlertSample {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly generatorUrl?: string;
}

/** The one line a human reads first: the sender's summary, else the alert's name, else its labels. */
export function titleOf(alert: Pick<Alert, 'labels' | 'annotations'>): string {
  const title =
    alert.annotations.summary ??
    alert.labels.alertname ??
    Object.entries(alert.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
  return cutText(title.trim() || 'alert without a name', 256);
}

/** Cuts on a code point, so that no half of a surrogate pair is left over. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = maxLength - 1;
  const last = text.charCodeAt(end - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

export function sampleOf(alert: Alert): AlertSample {
  const budget = { left: limits.maxSampleBytes };
  return {
    fingerprint: alert.fingerprint,
    status: alert.status,
    labels: cutLabels(alert.labels, 512, budget),
    annotations: cutLabels(alert.annotations, 1_024, budget),
    startsAt: alert.startsAt,
    ...(alert.generatorUrl !== undefined && { generatorUrl: cutText(alert.generatorUrl, 1_024) }),
  };
}

function cutLabels(labels: Labels, maxLength: number, budget: { left: number }): Labels {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    const cut = cutText(value, maxLength);
    budget.left -= name.length + cut.length;
    if (budget.left < 0) break;
    kept.push([name, cut]);
  }
  return Object.fromEntries(kept);
}
