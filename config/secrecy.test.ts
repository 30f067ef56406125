import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demoConfigText } from './demo.ts';
import { formatProblem } from './problem.ts';
import { load } from './testing/load-fixture.ts';

/** Long enough not to stand in a reason by chance, and with characters that upset every check. */
const secret = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...'abc$`(["*&!|>%@#:,/\\= \n'), maxLength: 20 }),
    fc.stringMatching(/^[A-Z]{12}$/),
  )
  .map(([odd, core]) => ({ text: `${odd}${core}${odd}`, core }));

/** Every place of a document that a text may stand at, right or wrong. */
const places = [
  (value: string) => `version: ${value}`,
  (value: string) => `listen: ${value}`,
  (value: string) => `public_url: ${value}`,
  (value: string) => `sources: [{ name: ${value}, type: ${value}, tenant: ${value}, key: ${value} }]`,
  (value: string) => `sources: [{ name: s, type: alertmanager, kee: ${value}, key_file: ${value} }]`,
  (value: string) =>
    `routes: [{ name: ${value}, match: [${value}], group_by: [${value}], policy: ${value} }]`,
  (value: string) =>
    `policies: { p: { repeat: ${value}, steps: [{ notify: [${value}, channel:${value}], wait: ${value} }] } }`,
  (value: string) => `channels: { c: { type: ${value} }, d: ${value} }`,
  (value: string) =>
    `channels: { c: { type: webhook, url: ${value}, secret: ${value}, secrets: [${value}] } }`,
  (value: string) => `channels: { c: { type: webhook, url: ${value}, secret_file: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: slack, token: ${value}, channel: ${value}, api_url: ${value}, updates: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: slack, token: x, channel: C1, signing_secret: ${value} }, d: { type: slack, signing_secret_file: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: discord, url: ${value} }, d: { type: discord, url_file: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: teams, url: ${value} }, d: { type: teams, url_file: ${value} } }`,
  (value: string) => `outbound: { allow_private: [${value}] }`,
  (value: string) =>
    `sources: [{ name: s, type: grafana, validation: ${value}, resolve_timeout: ${value}, signature: { secret: ${value}, secrets: [${value}], header: ${value} } }]`,
  (value: string) =>
    `sources: [{ name: s, type: grafana, signature: { secret_file: ${value} }, heartbeat: { every: ${value}, severity: ${value} }, rate_limit: { per_second: ${value}, burst: ${value} } }]`,
  (value: string) =>
    `sources: [{ name: s, type: generic, mapping: { alerts: ${value}, status: { path: ${value}, firing: [${value}], resolved: [${value}] }, fingerprint: [${value}, ${value}], labels: { a: ${value} } } }]`,
  (value: string) =>
    `sources: [{ name: s, type: generic, mapping: { severity: { path: ${value}, values: { a: ${value} } } } }]`,
  (value: string) =>
    `processors: [{ add_labels: { a: ${value} } }, { drop_labels: [${value}, ${value}] }, { rename_label: { from: ${value}, to: ${value} } }]`,
  (value: string) =>
    `processors: [{ map_severity: { label: ${value}, values: { a: ${value} }, otherwise: ${value} } }, { outlier: { value: ${value}, window: ${value} } }]`,
  (value: string) =>
    `processors: [{ redact: { patterns: [${value}] } }, { sample: { match: [${value}], keep: ${value} } }, { limit: { alerts: ${value}, per: ${value}, by: [${value}, ${value}] } }]`,
  (value: string) =>
    `time_intervals: { t: { timezone: ${value}, intervals: [{ times: [${value}], weekdays: [${value}], days_of_month: [${value}], months: [${value}], years: [${value}] }] } }`,
  (value: string) =>
    `routes: [{ mute: [${value}], active: [${value}], group_wait: ${value}, continue: ${value}, storm: { threshold: ${value}, within: ${value} }, routes: [{ name: ${value}, policy: ${value} }] }]`,
  (value: string) =>
    `inhibit: [{ name: ${value}, source: [${value}], target: [${value}], equal: [${value}, ${value}] }]`,
  (value: string) =>
    `suppress: [{ match: [${value}], when: ${value}, during: [${value}], rate: { limit: ${value}, per: ${value} } }]`,
  (value: string) => `flapping: [{ match: [${value}], changes: ${value}, within: ${value}, hold: ${value} }]`,
  (value: string) =>
    `admission: { per_tenant: { per_second: ${value} } }\nretention: { archive_after: ${value} }`,
  (value: string) =>
    `users: { amy: { timezone: ${value}, contacts: { a: { type: ${value} }, b: { type: slack, token: ${value}, signing_secret: ${value} } }, rules: { high: [{ contact: ${value}, after: ${value} }] } } }`,
  (value: string) =>
    `policies: { p: { urgency: ${value}, max_age: ${value}, on_exhausted: [${value}], steps: [{ mode: ${value}, delay_until: ${value}, round_robin: ${value}, notify: [user:${value}, schedule:${value}], wait: 1m }] } }\nfallback: [${value}, channel:${value}]`,
  (value: string) =>
    `policies: { p: { steps: [{ if: { severity: [${value}], urgency: ${value}, hours: ${value}, outside_hours: ${value}, alerts: ${value}, open_for: ${value} }, then: [{ notify: [${value}], wait: ${value} }], else: ${value} }] } }`,
  (value: string) =>
    `schedules: { s: { timezone: ${value}, layers: [{ users: [${value}], rotation: ${value}, start: ${value}, end: ${value}, restrict: { days: [${value}], from: ${value}, to: ${value} } }] } }`,
  (value: string) => `providers: { a: ${value}, twilio: { account_sid: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: email, to: [${value}, ${value}], from: ${value} } }\nproviders: { smtp: { host: ${value}, port: ${value}, tls: ${value}, user: ${value}, password: ${value}, from: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: email, to: a@b.example } }\nproviders: { smtp: { host: ${value}, tls: none, password_file: ${value}, from: a@b.example } }`,
  (value: string) =>
    `channels: { c: { type: twilio_sms, to: ${value}, from: ${value} }, d: { type: twilio_voice, to: ${value}, from: ${value} } }`,
  (value: string) =>
    `providers: { twilio: { account_sid: ${value}, api_key: ${value}, auth_token: ${value}, auth_token_file: ${value}, from: ${value}, api_url: ${value} } }`,
  (value: string) =>
    `providers: { twilio: { account_sid: AC00000000000000000000000000000000, auth_token: ${value}, from: tocsin, api_url: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: telegram, chat: ${value}, token: ${value} }, d: { type: telegram, chat: 1, token: ${value} } }\nproviders: { telegram: { token: ${value}, token_file: ${value}, api_url: ${value} } }`,
  (value: string) =>
    `channels: { c: { type: pagerduty, routing_key: ${value}, routing_key_file: ${value} }, d: { type: pagerduty, routing_key: ${value}, api_url: ${value} } }`,
  (value: string) => `policies: { p: { steps: [{ if: { match: [${value}] }, then: ${value} }] } }`,
  (value: string) => value,
];

const spellings = [
  (text: string) => ({ written: `"\${SECRET}"`, env: { SECRET: text } }),
  (text: string) => ({ written: JSON.stringify(text), env: {} }),
  (text: string) => ({ written: text, env: {} }),
  (_: string, core: string) => ({ written: `*${core}`, env: {} }),
  (_: string, core: string) => ({ written: `!${core} x`, env: {} }),
];

test('no problem ever shows a configured value', { timeout: 30_000 }, async () => {
  const cases = fc.tuple(secret, fc.constantFrom(...places), fc.constantFrom(...spellings));
  await fc.assert(
    fc.asyncProperty(cases, async ([{ text, core }, place, spell]) => {
      const { written, env } = spell(text, core);
      // As a key, text is a name and may be told; as a value it may not, and in a regular expression or a condition only unless it is a variable.
      fc.pre(!isKeyOrPattern(written, place(written)));
      const result = await load(`${place(written)}\n`, { env });
      const shown = result.ok ? '' : result.problems.map(formatProblem).join('\n');
      expect(shown.toLowerCase()).not.toContain(core.toLowerCase());
    }),
    { numRuns: 3_000 },
  );
});

test('a key file that cannot be used is told without its content and path', async () => {
  const text = demoConfigText.replace(/key: "[^"]*"/, `key_file: "\${WHERE}"`);
  const env = { WHERE: 'SECRETPLACE' };
  for (const content of ['SECRETCONTENT', 'SECRETCONTENT WITH SPACES', 'SECRET\0CONTENT-0123456789', '']) {
    const result = await load(text, { env, files: { SECRETPLACE: content } });
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('SECRET');
  }
});

function isKeyOrPattern(written: string, document: string): boolean {
  const isVariable = written === `"\${SECRET}"`;
  if (isVariable) return false;
  return /match:|source: \[|target:|when:|patterns:/.test(document) || !/^["*!]/.test(written);
}
