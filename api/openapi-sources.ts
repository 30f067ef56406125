type Json = Record<string, unknown>;

const key = { name: 'key', in: 'path', required: true, schema: { type: 'string' } };
const keyInPath = [{ ...key, description: "The source's key: secret." }];
const anyJson = { required: true, content: { 'application/json': { schema: {} } } };

/** The doors of senders: what goes in and comes out is in each sender's own documents. */
export function sourcePaths(problem: Json): Json {
  const accepted = {
    description: 'On disk. Senders with an answer of their own get that one.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Accepted' } } },
  };
  return {
    '/v1/sources/{key}': {
      parameters: keyInPath,
      post: {
        operationId: 'receiveAlerts',
        summary: "Takes alerts in the source's own format; answers once they are on disk.",
        security: [],
        requestBody: anyJson,
        responses: { 202: accepted, default: problem },
      },
      options: {
        operationId: 'askToSend',
        summary: 'The handshake of CloudEvents webhooks; 405 for sources of other types.',
        security: [],
        responses: {
          200: { description: 'Allowed; the headers say from where and how often.' },
          default: problem,
        },
      },
    },
    ...alertmanagerPaths('/v1/sources/{key}', { suffix: 'BelowSource', security: [], parameters: keyInPath }),
    ...alertmanagerPaths('', { suffix: '', security: [{ sourceBearer: [] }, { sourceBasic: [] }] }),
    '/v2/enqueue': pagerdutyPath(
      'enqueueEvent',
      "PagerDuty's Events API v2; `routing_key` is a source's key.",
    ),
    '/v1/slack/interactions': {
      post: {
        operationId: 'pressSlackButton',
        summary: 'Where Slack tells of pressed buttons, signed by the app.',
        security: [],
        requestBody: {
          required: true,
          content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } },
        },
        responses: { 200: { description: 'Taken, or not of interest.' }, default: problem },
      },
    },
    '/v2/change/enqueue': pagerdutyPath('enqueueChange', 'The same for change events, which never page.'),
  };
}

interface AlertmanagerOptions {
  readonly suffix: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly Json[];
}

function alertmanagerPaths(prefix: string, { suffix, security, parameters }: AlertmanagerOptions): Json {
  const common = parameters === undefined ? {} : { parameters };
  const refusal = { description: 'Refused; the body is a text in JSON that says why.' };
  return {
    [`${prefix}/api/v2/alerts`]: {
      ...common,
      post: {
        operationId: `postAlerts${suffix}`,
        summary: "Alertmanager's own API, as Prometheus and amtool call it.",
        security,
        requestBody: anyJson,
        responses: { 200: { description: 'On disk.' }, default: refusal },
      },
    },
    [`${prefix}/api/v2/status`]: {
      ...common,
      get: {
        operationId: `getStatus${suffix}`,
        summary: "What Alertmanager's clients ask before they send.",
        security,
        responses: {
          200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } },
          default: refusal,
        },
      },
    },
  };
}

function pagerdutyPath(operationId: string, summary: string): Json {
  const schema = {
    type: 'object',
    properties: {
      status: { type: 'string' },
      message: { type: 'string' },
      dedup_key: { type: 'string' },
      errors: { type: 'array', items: { type: 'string' } },
    },
  };
  const content = { 'application/json': { schema } };
  return {
    post: {
      operationId,
      summary,
      security: [],
      requestBody: anyJson,
      responses: {
        202: { description: 'On disk.', content },
        default: { description: "Refused, in PagerDuty's form.", content },
      },
    },
  };
}
