import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import { createFakeTeams, type FakeTeams } from '../../test/support/fake-teams.ts';
import { describeNotifierContract } from '../contract.ts';
import { createNotifier } from '../create-notifiers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from '../http/guarded-http-client.ts';

describeNotifierContract({
  name: 'teams',
  serve: async (canary) => ({
    ...(await createFakeTeams({ signature: canary })),
    keyOf: ({ headers }) => headers['idempotency-key'],
    accepted: { status: 202 },
    statusIsEnough: true,
  }),
  create: ({ http, write, now, served, canary }) =>
    createNotifier(
      {
        name: 'chat',
        updates: true,
        provider: 'teams',
        url: `${served?.server.url}/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?sig=${canary}`,
      },
      { http, write, now },
    ),
});

describe('teams notifier', () => {
  let teams: FakeTeams;
  let http: GuardedHttpClient;

  beforeEach(async () => {
    teams = await createFakeTeams({ signature: 'a-signature' });
    http = createGuardedHttpClient({ allowPrivate: ['127.0.0.1'] });
  });
  afterEach(async () => {
    http.close();
    await teams.close();
  });

  function create(url = teams.flowUrl) {
    const deps = { http, write: () => undefined, now: Date.now };
    return createNotifier({ name: 'chat', updates: true, provider: 'teams', url }, deps);
  }

  const send = (request = aNotification(), url = teams.flowUrl) => create(url).send(request, aSendContext());

  it('posts what a human needs, and says under which run of the flow', async () => {
    const result = await send();
    expect(result).toMatchObject({
      outcome: 'delivered',
      status: 202,
      providerId: expect.stringMatching(/^0858/),
    });
    const [post] = teams.posts();
    expect(post?.summary).toBe('PAGE critical: disk full on db1');
    for (const part of [
      'step 1, round 1',
      'cluster: eu-1',
      'only 1 % is left',
      aNotification().incident.id,
    ]) {
      expect(post?.text).toContain(part);
    }
  });

  it.each([
    ['update', 'ACKNOWLEDGED by amy: disk full on db1'],
    ['resolved', 'RESOLVED by amy: disk full on db1'],
    ['reminder', 'REMINDER critical: disk full on db1'],
    ['test', 'TEST by amy: disk full on db1'],
    ['undo', 'WITHDRAWN: disk full on db1'],
  ] as const)('tells of kind %s in a card of its own', async (kind, summary) => {
    await send();
    await send(aNotification({ kind, by: 'amy', providerId: 'run-1', incident: { state: 'acknowledged' } }));
    expect(teams.posts().map((post) => post.summary)).toEqual(['PAGE critical: disk full on db1', summary]);
  });

  it('is refused with a wrong signature, and names no part of its address', async () => {
    const url = teams.flowUrl.replace('a-signature', 'canary0signature');
    const result = await send(aNotification(), url);
    expect(result).toEqual({ outcome: 'rejected', reason: 'answered 401', status: 401 });
    expect(JSON.stringify([result, create(url)])).not.toContain('canary');
  });

  it('takes no word of the provider for a run that is none', async () => {
    for (const run of ['two words', 'x'.repeat(200), 'a-signature']) {
      teams.next({ status: 202, headers: { 'x-ms-workflow-run-id': run } });
      expect(await send()).toMatchObject({ outcome: 'delivered', providerId: aNotification().key });
    }
  });

  it('can take nothing back', () => {
    const account = new URL(teams.flowUrl).host;
    const pace = { key: `${account}/chat`, everyMs: 1_000 };
    expect(create()).toMatchObject({ account, isIdempotent: false, canUndo: false, pace });
  });
});
