import { createHmac } from 'node:crypto';

export interface PressOverrides {
  readonly actionId?: string;
  readonly incidentId?: string;
  readonly userId?: string;
  readonly username?: string;
  readonly messageTs?: string;
  readonly actionTs?: string;
  readonly responseUrl?: string;
}

/** What Slack posts when somebody presses a button, with the fields that it has besides. */
export function aSlackInteraction(overrides: PressOverrides = {}): Record<string, unknown> {
  const {
    actionId = 'tocsin_acknowledge',
    incidentId = '6f1d3c1e-0c7b-5c0e-9a55-d1a7b8e2f407',
    userId = 'U1AMY',
    username = 'amy',
    messageTs = '1767603600.000100',
    actionTs = '1767603610.123456',
    responseUrl = 'https://hooks.slack.com/actions/T1/2/abc',
  } = overrides;
  return {
    type: 'block_actions',
    user: { id: userId, username, name: username, team_id: 'T1' },
    api_app_id: 'A1',
    token: 'deprecated',
    container: { type: 'message', message_ts: messageTs, channel_id: 'C0123456', is_ephemeral: false },
    trigger_id: '1.2.3',
    team: { id: 'T1', domain: 'example' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: 'C0123456', name: 'ops' },
    message: { type: 'message', ts: messageTs, text: 'PAGE critical: disk full', blocks: [] },
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        type: 'button',
        action_id: actionId,
        block_id: 'tocsin_actions',
        value: incidentId,
        text: { type: 'plain_text', text: 'Acknowledge' },
        action_ts: actionTs,
      },
    ],
  };
}

export interface SlackRequest {
  readonly method: 'POST';
  readonly url: '/v1/slack/interactions';
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
}

export interface Signer {
  readonly secret: string;
  readonly nowMs: number;
}

/** A form with the field `payload`, signed as Slack does. */
export function slackRequest(interaction: unknown, signer: Signer): SlackRequest {
  const payload = typeof interaction === 'string' ? interaction : JSON.stringify(interaction);
  return signedForm(new URLSearchParams({ payload }).toString(), signer);
}

export function signedForm(payload: string, { secret, nowMs }: Signer): SlackRequest {
  const seconds = String(Math.floor(nowMs / 1_000));
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${payload}`).digest('hex');
  return {
    method: 'POST',
    url: '/v1/slack/interactions',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${digest}`,
    },
    payload,
  };
}
