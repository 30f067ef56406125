/** The buttons below a page in Slack, by the `action_id` that a press of them names. Old messages keep theirs: never change one. */
export const slackActionIds = {
  acknowledge: 'tocsin_acknowledge',
  resolve: 'tocsin_resolve',
  escalate: 'tocsin_escalate',
  snooze: 'tocsin_snooze_1h',
} as const;

export type SlackAction = keyof typeof slackActionIds;

/** What the button `snooze` asks for. */
export const slackSnoozeMs = 3_600_000;

const actions = Object.keys(slackActionIds) as SlackAction[];

/** Undefined for what is no button of ours. */
export function slackActionOf(actionId: string): SlackAction | undefined {
  return actions.find((action) => slackActionIds[action] === actionId);
}
