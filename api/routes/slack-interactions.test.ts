import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSlackInteraction, signedForm, slackRequest } from '../../test/support/slack-press.ts';
import { createFakeApp, incidentId, nowMs, slackSigningSecret } from '../fake-app.ts';
import { createSlackPresses } from '../slack/slack-presses.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const signer = { secret: slackSigningSecret, nowMs };

describe("Slack's interactions", () => {
  it('are taken without a token, and answered with an empty 200', async () => {
    const { app, pressed } = createFakeApp();
    const response = await app.inject(slackRequest(aSlackInteraction(), signer));
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(pressed).toMatchObject([{ action: 'acknowledge', incidentId, by: 'slack:amy' }]);
  });

  it.each([
    ['a wrong secret', slackRequest(aSlackInteraction(), { ...signer, secret: 'another_secret_of_slack' })],
    ['an old signature', slackRequest(aSlackInteraction(), { ...signer, nowMs: nowMs - 301_000 })],
    ['a signature of the future', slackRequest(aSlackInteraction(), { ...signer, nowMs: nowMs + 301_000 })],
    ['no signature', { ...slackRequest(aSlackInteraction(), signer), headers: {} }],
    ['another body', { ...slackRequest(aSlackInteraction(), signer), payload: 'payload=%7B%7D' }],
  ])('are refused with %s, before they are read', async (_name, request) => {
    const { app, pressed } = createFakeApp();
    const response = await app.inject(request);
    expect([response.statusCode, response.json().code]).toEqual([401, 'invalid_signature']);
    expect(pressed).toEqual([]);
  });

  it('are all refused while no channel has a signing secret', async () => {
    const { app } = createFakeApp({ slackSigningSecrets: () => [] });
    const response = await app.inject(slackRequest(aSlackInteraction(), signer));
    expect(response.statusCode).toBe(401);
  });

  it('of other kinds are answered and left alone', async () => {
    const { app, pressed } = createFakeApp();
    const others = [{ ...aSlackInteraction(), type: 'shortcut' }, aSlackInteraction({ actionId: 'other' })];
    for (const other of others) {
      expect((await app.inject(slackRequest(other, signer))).statusCode).toBe(200);
    }
    expect(pressed).toEqual([]);
  });

  it('are answered while the command still runs', async () => {
    const slow = Promise.withResolvers<never>();
    const commanded: string[] = [];
    const command = async () => {
      commanded.push('acknowledge');
      return slow.promise;
    };
    const fake = createFakeApp();
    const slack = createSlackPresses({
      commands: { acknowledge: command, resolve: command, escalate: command, snooze: command },
      queries: {
        findIncident: async () => ({ workflowId: 'w', tenant: 'default', resolved: false }),
        getIncident: async () => ({}),
      },
      replies: { reply: async () => undefined },
      logger: { warn: () => undefined },
      metrics: fake.metrics,
      now: () => nowMs,
    });
    const { app } = createFakeApp({ slack });
    expect((await app.inject(slackRequest(aSlackInteraction(), signer))).statusCode).toBe(200);
    expect(commanded).toEqual(['acknowledge']);
    slow.reject(new Error('the engine never answered'));
    await slack.close();
  });

  it('leave neither secret nor answer address in the log', async () => {
    const { app, lines } = createFakeApp();
    const responseUrl = 'https://hooks.slack.com/actions/canary0canary';
    await app.inject(slackRequest(aSlackInteraction({ responseUrl }), signer));
    await app.inject({ ...slackRequest(aSlackInteraction({ responseUrl }), signer), headers: {} });
    expect(JSON.stringify(lines)).not.toMatch(/canary|signing_secret_/);
  });

  it('that are compressed are refused', async () => {
    const { app } = createFakeApp();
    const request = slackRequest(aSlackInteraction(), signer);
    const headers = { ...request.headers, 'content-encoding': 'gzip' };
    expect((await app.inject({ ...request, headers })).statusCode).toBe(415);
  });

  it('that nobody would send never make a 5xx', async () => {
    const { app } = createFakeApp();
    const whole = aSlackInteraction();
    const dropped = Object.keys(whole).map((key) => ({ ...whole, [key]: undefined }));
    const swapped = Object.keys(whole).flatMap((key) =>
      [null, 1, 'x', [], {}, [null]].map((value) => ({ ...whole, [key]: value })),
    );
    for (const interaction of [...dropped, ...swapped]) {
      const { statusCode } = await app.inject(slackRequest(interaction, signer));
      expect(statusCode, JSON.stringify(interaction)).toBeLessThan(500);
    }
  });

  it(`of any bytes never make a 5xx (seed ${seed})`, async () => {
    const { app } = createFakeApp();
    const form = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json().map((json) => `payload=${encodeURIComponent(json)}`),
      fc.string({ maxLength: 50 }).map((text) => `payload=%${text}&payload=[]`),
    );
    await fc.assert(
      fc.asyncProperty(form, async (payload) => {
        const { statusCode } = await app.inject(signedForm(payload, signer));
        expect(statusCode).toBeGreaterThanOrEqual(200);
        expect(statusCode).toBeLessThan(500);
      }),
      { seed, numRuns: 200 },
    );
  }, 30_000);
});
