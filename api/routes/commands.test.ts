import { describe, expect, it } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { authorized, createFakeApp, incidentId, otherToken, resolvedId } from '../fake-app.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

async function post(
  name: string,
  body: unknown,
  { id = incidentId, fake = createFakeApp(), headers = {} } = {},
) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fake.app.inject({
    method: 'POST',
    url: `/v1/incidents/${id}/${name}`,
    headers: { ...authorized, 'content-type': 'application/json', ...headers },
    payload,
  });
  return { fake, response, status: response.statusCode, problem: response.json() };
}

describe('commands', () => {
  it('sends each command to the saga with the name of who gave it', async () => {
    for (const name of ['acknowledge', 'resolve', 'escalate']) {
      const { fake, status, problem } = await post(name, { by: ' amy ' });
      expect(status).toBe(200);
      expect(problem).toEqual({ state: 'acknowledged', version: 4 });
      expect(fake.commanded).toMatchObject([
        { name, command: { by: 'amy', via: 'api', incidentId, workflowId: 'incident/default/all/1' } },
      ]);
    }
  });

  it('carries the caller’s trace and request id', async () => {
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'r-1' };
    const { fake, response } = await post('acknowledge', { by: 'amy' }, { headers });
    const { command } = fake.commanded[0] as { command: { traceparent: string; requestId: string } };
    expect(command.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(command.traceparent).not.toContain('00f067aa0ba902b7');
    expect(command.requestId).toBe('r-1');
    expect(response.headers['x-request-id']).toBe('r-1');
  });

  it('snoozes for a while or until an instant', async () => {
    const forWhile = await post('snooze', { by: 'amy', for: '30m' });
    expect(forWhile.fake.commanded[0]?.command).toMatchObject({ until: '2026-01-05T09:30:00.000Z' });
    const until = await post('snooze', { by: 'amy', until: '2026-01-05T12:00:00+02:00' });
    expect(until.fake.commanded[0]?.command).toMatchObject({ until: '2026-01-05T10:00:00.000Z' });
  });

  it('reassigns to channels, users and schedules of the configuration, each once', async () => {
    const to = ['channel:ops', 'user:amy', 'channel:ops', 'schedule:payments'];
    const { fake } = await post('reassign', { by: 'amy', to });
    const target = {
      kind: 'channel',
      name: 'channel:ops',
      channel: 'ops',
      provider: 'webhook',
      updates: false,
    };
    const targets = [
      target,
      { kind: 'user', name: 'user:amy', user: 'amy' },
      { kind: 'schedule', name: 'schedule:payments', schedule: 'payments' },
    ];
    expect(fake.commanded[0]?.command).toMatchObject({ targets });
  });

  it('keeps a note without what PostgreSQL cannot store', async () => {
    const { fake, status } = await post('note', '{"by":"amy","text":"disk \\u0000 full \\ud800"}');
    expect(status).toBe(200);
    expect(fake.commanded[0]?.command).toMatchObject({ text: 'disk \ufffd full \ufffd' });
  });

  it.each([
    ['acknowledge', {}, '/by'],
    ['acknowledge', { by: 5 }, '/by'],
    ['acknowledge', { by: null }, '/by'],
    ['acknowledge', { by: '' }, '/by'],
    ['acknowledge', { by: '  ' }, '/by'],
    ['acknowledge', { by: 'a\u001b[2Jmy' }, '/by'],
    ['acknowledge', { by: 'x'.repeat(129) }, '/by'],
    ['acknowledge', { by: 'ä'.repeat(65) }, '/by'],
    ['acknowledge', { by: 'amy', 'a/b~c': 1 }, '/a~1b~0c'],
    ['resolve', [], ''],
    ['resolve', null, ''],
    ['resolve', 'true', ''],
    ['escalate', { by: ['amy'] }, '/by'],
    ['snooze', { by: 'amy' }, '/for'],
    ['snooze', { by: 'amy', for: '30m', until: '2026-01-05T10:00:00Z' }, '/until'],
    ['snooze', { by: 'amy', for: 'half an hour' }, '/for'],
    ['snooze', { by: 'amy', for: '0s' }, '/for'],
    ['snooze', { by: 'amy', for: '8d' }, '/for'],
    ['snooze', { by: 'amy', until: '2026-01-05T08:59:59Z' }, '/until'],
    ['snooze', { by: 'amy', until: '2026-01-13T09:00:00Z' }, '/until'],
    ['snooze', { by: 'amy', until: '2026-02-31T99:00:00Z' }, '/until'],
    ['snooze', { by: 'amy', until: '2026-01-05T10:00:00' }, '/until'],
    ['reassign', { by: 'amy', to: [] }, '/to'],
    ['reassign', { by: 'amy', to: 'channel:ops' }, '/to'],
    ['reassign', { by: 'amy', to: ['channel:ops', 'channel:nobody'] }, '/to/1'],
    ['reassign', { by: 'amy', to: ['user:nobody'] }, '/to/0'],
    ['reassign', { by: 'amy', to: ['channel:__proto__'] }, '/to/0'],
    ['note', { by: 'amy' }, '/text'],
    ['note', { by: 'amy', text: ' \n ' }, '/text'],
    ['note', { by: 'amy', text: 'ü'.repeat(2_049) }, '/text'],
  ])('refuses %s %j and says where', async (name, body, path) => {
    const { fake, status, problem } = await post(name, body);
    expect({ status, code: problem.code, path: problem.path }).toEqual({
      status: 422,
      code: 'invalid_command',
      path,
    });
    expect(fake.commanded).toEqual([]);
  });

  it('refuses a body without any content as empty JSON', async () => {
    const { status, problem } = await post('acknowledge', '');
    expect([status, problem.code]).toEqual([400, 'malformed_json']);
  });

  it.each([
    ['{"by":', 'malformed_json', 400],
    ['{"by":"amy","__proto__":{"admin":true}}', 'forbidden_key', 400],
    ['{"by":"amy","\\u005f_proto__":1}', 'forbidden_key', 400],
    ['{"constructor":{"prototype":{}}}', 'forbidden_key', 400],
    ['['.repeat(60_000), 'too_deep', 400],
    [`{"by":"${'x'.repeat(70_000)}"}`, 'too_large', 413],
  ])('refuses hostile body %#', async (body, code, expected) => {
    const { status, problem } = await post('acknowledge', body);
    expect([status, problem.code]).toEqual([expected, code]);
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'nonsense' },
    { 'content-encoding': 'gzip' },
  ])('refuses the media type %j', async (headers) => {
    const { status, problem } = await post('acknowledge', { by: 'amy' }, { headers });
    expect([status, problem.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['nonsense', '..', '%00', incidentId.slice(1), 'x'.repeat(2_000), resolvedId.replace('1', '2')])(
    'does not know the incident %s',
    async (id) => {
      const { fake, status } = await post('acknowledge', { by: 'amy' }, { id });
      expect(status).toBe(404);
      expect(fake.commanded).toEqual([]);
    },
  );

  it('does not know the incident of another tenant', async () => {
    const headers = { authorization: `Bearer ${otherToken}` };
    const { status, problem } = await post('acknowledge', { by: 'amy' }, { headers });
    expect([status, problem.code]).toEqual([404, 'incident_not_found']);
  });

  it('takes an id in capitals for the same incident', async () => {
    const { fake } = await post('acknowledge', { by: 'amy' }, { id: incidentId.toUpperCase() });
    expect(fake.commanded[0]?.command).toMatchObject({ incidentId });
  });

  it('answers 409 for an incident that is resolved', async () => {
    const { fake, status, problem } = await post('acknowledge', { by: 'amy' }, { id: resolvedId });
    expect([status, problem.code]).toEqual([409, 'incident_closed']);
    expect(fake.commanded).toEqual([]);
  });

  it('asks to come back when the engine is away', async () => {
    const away = async () => {
      throw new TocsinError('engine_unavailable', { retryAfterMs: 2_500 });
    };
    const commands = {
      acknowledge: away,
      resolve: away,
      snooze: away,
      escalate: away,
      reassign: away,
      note: away,
    };
    const { response, status, problem } = await post(
      'note',
      { by: 'a', text: 'b' },
      { fake: createFakeApp({ commands }) },
    );
    expect([status, problem.code, response.headers['retry-after']]).toEqual([503, 'engine_unavailable', '3']);
  });
});
