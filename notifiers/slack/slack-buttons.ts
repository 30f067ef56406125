import { type SlackAction, slackActionIds } from '../../domain/channel/slack-action.ts';
import type { IncidentStatus, NotificationRequest } from '../../domain/policy/notification.ts';

export interface SlackActions {
  readonly type: 'actions';
  readonly block_id: 'tocsin_actions';
  readonly elements: readonly SlackButton[];
}

interface SlackButton {
  readonly type: 'button';
  readonly text: { readonly type: 'plain_text'; readonly text: string };
  readonly action_id: string;
  /** The incident's id. */
  readonly value: string;
  readonly style?: 'primary';
}

const labels: Readonly<Record<SlackAction, string>> = {
  acknowledge: 'Acknowledge',
  resolve: 'Resolve',
  escalate: 'Escalate',
  snooze: 'Snooze 1 h',
};

/** What can still be done, most likely first. */
const offered: Readonly<Record<IncidentStatus, readonly SlackAction[]>> = {
  open: ['acknowledge', 'resolve', 'escalate', 'snooze'],
  snoozed: ['acknowledge', 'resolve', 'escalate'],
  acknowledged: ['resolve', 'escalate'],
  resolved: [],
};

/** The row of buttons below a page, in the state that it shows; none below messages that nobody edits later. */
export function slackButtons({ kind, incident }: NotificationRequest): readonly SlackActions[] {
  if (kind !== 'page' && kind !== 'update') return [];
  const elements = offered[incident.state].map((action) => button(action, incident.id));
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: 'tocsin_actions', elements }];
}

function button(action: SlackAction, incidentId: string): SlackButton {
  return {
    type: 'button',
    text: { type: 'plain_text', text: labels[action] },
    action_id: slackActionIds[action],
    value: incidentId,
    ...(action === 'acknowledge' && { style: 'primary' as const }),
  };
}
