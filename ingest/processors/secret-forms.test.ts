import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RedactionKind, redacted } from './redaction.ts';
import { namesSecret, redactSecrets } from './secret-forms.ts';

function redact(text: string): { text: string; kinds: RedactionKind[] } {
  const kinds: RedactionKind[] = [];
  return { text: redactSecrets(text, (kind) => kinds.push(kind)), kinds };
}

// Put together here, so that no scanner of repositories takes them for real ones.
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const jwt = `eyJ${letters}.eyJ${letters}.${letters}`;
const key = (word: string) =>
  `-----BEGIN ${word}PRIVATE KEY-----\nMIIE\nabcd==\n-----END ${word}PRIVATE KEY-----`;

const found: readonly [text: string, left: string, kind: RedactionKind][] = [
  [`id ${'AKIA'}IOSFODNN7EXAMPLE used`, `id ${redacted} used`, 'access_key'],
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', `aws_secret_access_key = ${redacted}`, 'password'],
  ['Authorization: Basic dXNlcjpwYXNz', `Authorization: Basic ${redacted}`, 'authorization'],
  ['{"Authorization":"tok3n-abcdef"}', `{"Authorization":"${redacted}"}`, 'authorization'],
  ['curl -H "X: Bearer abc123def456"', `curl -H "X: Bearer ${redacted}"`, 'authorization'],
  [`saw ${jwt} here`, `saw ${redacted} here`, 'token'],
  [`gh${'p'}_${letters}`, redacted, 'token'],
  [`github${'_pat'}_${letters}`, redacted, 'token'],
  [`glpat${'-'}${letters}`, redacted, 'token'],
  [`xox${'b'}-123456789012-abcdef`, redacted, 'token'],
  [
    'https://hooks.slack.com/services/T000/B000/XXXXXXXXXXXX',
    `https://hooks.slack.com/services/${redacted}`,
    'token',
  ],
  [`sk${'_live'}_${letters}`, redacted, 'token'],
  [`AIza${letters}`, redacted, 'token'],
  [`before ${key('')} after`, `before ${redacted} after`, 'private_key'],
  [key('RSA '), redacted, 'private_key'],
  [key('OPENSSH ').slice(0, 50), redacted, 'private_key'],
  ['postgres://app:s3cr-t@db:5432/x and more', `postgres://app:${redacted}@db:5432/x and more`, 'password'],
  ['login?user=amy&password=hunter2&x=1', `login?user=amy&password=${redacted}&x=1`, 'password'],
  ['DB_ADMIN_PASSWORD=hunter2', `DB_ADMIN_PASSWORD=${redacted}`, 'password'],
  ['PGPASSWORD=hunter2 psql', `PGPASSWORD=${redacted} psql`, 'password'],
  ['{"password": "two words", "a": 1}', `{"password": ${redacted}, "a": 1}`, 'password'],
  ["client-secret: 'abc'", `client-secret: ${redacted}`, 'password'],
  ['api_key: abcdef', `api_key: ${redacted}`, 'password'],
  ['passwd => abc', `passwd => ${redacted}`, 'password'],
  [`password="${'x'.repeat(3_000)}"`, `password=${redacted}`, 'password'],
  ['token=a1b2c3d4e5', `token=${redacted}`, 'password'],
  ['secret: "s3cretvalue"', `secret: "${redacted}"`, 'password'],
];

test.each(found)('%s', (text, left, kind) => {
  expect(redact(text)).toEqual({ text: left, kinds: [kind] });
});

test.each([
  'disk /dev/sda1 is 97 % full',
  'http://prometheus:9090/graph?g0.expr=up%20%3D%3D%200',
  'mail amy@example.org about http://example.org',
  'unexpected token: expected "}"',
  'bearer authentication failed',
  'secret: my-tls',
  'the password of amy has expired',
  'tokens per second',
  'AKIAISTOOSHORT',
])('leaves "%s" alone', (text) => {
  expect(redact(text)).toEqual({ text, kinds: [] });
});

test('whatever stands around a secret, it is gone', () => {
  const around = fc.array(
    fc.oneof(
      fc.constantFrom('password=', 'bearer', 'token: "', "secret='", '://a:', '@', redacted, '-----BEGIN'),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(around, fc.constantFrom(...found), around, (before, [text, left], after) => {
      const whole = [...before, text, ...after].join('; ');
      expect(redact(whole).text).not.toContain(secretOf(text, left));
    }),
    { numRuns: 2_000 },
  );
});

function secretOf(text: string, left: string): string {
  const [head = '', tail = ''] = left.split(redacted);
  return text.slice(head.length, text.length - tail.length);
}

describe('takes linear time over', () => {
  const hostile = [
    ...['eyJ-', 'eyJaaaa.', 'eyJaaaa', '-----BEGIN PRIVATE KEY-----', '-----BEGIN ', '-----END PRIVATE KEY'],
    ...['password', 'password="', "password='", 'password=', 'password: ', 'a_', 'a_a_a_password'],
    ...['bearer ', 'bearer', 'bearer a', 'authorization: ', 'authorization', 'xoxb-', 'xoxb-a', 'AKIA'],
    ...['://', 'a://', 'a://a:', 'a://a:a', 'a.', 'ghp_', 'github_pat_', 'glpat-', 'secret="', 'token:'],
    ...['hooks.slack.com/services/', 'sk_live_', 'AIza', 'npm_', '\\"', ' ', '"'],
  ];

  // A million characters: what grows with their square would not end within the test's time.
  test.each(hostile)('"%s" again and again', (piece) => {
    const text = `password eyJ ${piece.repeat(1_000_000 / piece.length)}`;
    expect(redact(text).text.length).toBeGreaterThan(0);
  });
});

test('knows labels that hold nothing but a secret', () => {
  for (const name of ['password', 'API_KEY', 'apikey', 'client_secret', 'access_token', 'Authorization']) {
    expect(namesSecret(name)).toBe(true);
  }
  for (const name of ['secret', 'token', 'password_age', 'alertname', 'key']) {
    expect(namesSecret(name)).toBe(false);
  }
});
