import { limits } from '../../domain/limits.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';

export interface WebhookBodyOptions {
  readonly attempt: number;
  /** Where the incident can be seen; left out when tocsin does not know its own address. */
  readonly incidentUrl: string | undefined;
}

/** What a generic webhook channel posts (docs/how-to/webhook.md). JSON escapes whatever the alert's text holds. */
export function webhookBody(
  request: NotificationRequest,
  { attempt, incidentUrl }: WebhookBodyOptions,
): string {
  const { key, kind, step, round, by, notes = [], incident, alerts } = request;
  return JSON.stringify({
    type: `incident.${kind}`,
    notification: {
      id: key,
      attempt,
      step,
      round,
      ...(by !== undefined && { by }),
      ...(notes.length > 0 && { notes }),
    },
    incident: {
      id: incident.id,
      title: incident.title,
      severity: incident.severity,
      state: incident.state,
      openedAt: incident.openedAt,
      ...(incidentUrl !== undefined && { url: incidentUrl }),
      labels: incident.labels,
      alertCount: incident.alertCount,
    },
    alerts: alerts.slice(0, limits.maxSamples).map((alert) => ({
      fingerprint: alert.fingerprint,
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt,
      ...(alert.generatorUrl !== undefined && { generatorUrl: alert.generatorUrl }),
    })),
  });
}
