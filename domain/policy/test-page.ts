import type { NotificationRequest } from './notification.ts';

/** What became of one test page. `unanswered`: no worker took it, or its provider did not answer, in time. */
export interface TestPageResult {
  readonly outcome: 'delivered' | 'retry' | 'rejected' | 'unknown' | 'unanswered';
  /** Absent where it was delivered. */
  readonly reason?: string;
}

/** What stands where a page has its incident: a test belongs to none. */
export const testIncidentId = 'test';

export interface TestPageOptions {
  readonly key: string;
  readonly tenant: string;
  readonly channel: string;
  readonly provider: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** Nobody waits for it after this, ISO 8601. */
  readonly deadlineAt: string;
  readonly traceparent?: string;
}

/** A page that says of itself that it is a test. */
export function testPageRequest(options: TestPageOptions): NotificationRequest {
  const { key, tenant, channel, provider, by, at, deadlineAt, traceparent } = options;
  return {
    ...{ key, kind: 'test', tenant, channel, provider, round: 0, step: 0, by, deadlineAt },
    incident: {
      id: testIncidentId,
      title: 'Test page: nothing is wrong',
      severity: 'info',
      state: 'open',
      openedAt: at,
      labels: {},
      alertCount: 0,
    },
    alerts: [],
    notes: [`this is a test that ${by} asked for`],
    ...(traceparent !== undefined && { traceparent }),
  };
}
