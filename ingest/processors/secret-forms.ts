import { type OnRedacted, type RedactionKind, type Redactor, redacted } from './redaction.ts';

interface SecretForm {
  readonly kind: RedactionKind;
  /** The first group, where there is one, is kept in front of what is replaced. */
  readonly pattern: RegExp;
  /** Decides over what looks like a secret and may be an ordinary word. */
  isSecret?(value: string): boolean;
}

// Texts come from anywhere, and JavaScript's expressions can take quadratic time. So each of these either begins at a
// place that no second attempt can begin at (a lookbehind), or has bounded parts in front of the one that may be long,
// which then matches without fail. A test runs each over long hostile texts.

/** What a setting is called: a word, with others in front of it as in `DB_ADMIN_PASSWORD`. */
const prefix = '(?<![a-z0-9])(?:[a-z0-9]{1,16}[_-]){0,3}[a-z0-9]{0,16}?';
const word =
  '(?:password|passwd|pwd|passphrase|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|api[_-]?key|' +
  '(?:access|auth|refresh|api)[_-]?token)';
const assign = String.raw`\\?["']?\s{0,4}(?:=>|:=|=|:)\s{0,4}\\?`;
const value = String.raw`(?:"[^"]+"?|'[^']+'?|[^\s"'&,;<>]+)`;

const forms: readonly SecretForm[] = [
  {
    kind: 'private_key',
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  // scheme://user:password@host
  {
    kind: 'password',
    pattern: /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,32}:\/\/[^\s/:@]{0,128}:)[^\s/@]{1,256}(?=@)/gi,
  },
  {
    kind: 'authorization',
    pattern:
      /((?<![a-z0-9])authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{1,16}\s{1,4})?)[^\s"',;<>]{4,}/gi,
  },
  {
    kind: 'authorization',
    pattern: /((?<![a-z0-9])bearer\s{1,4})[a-z0-9._~+/=-]{8,}/gi,
    isSecret: hasDigit,
  },
  // JSON Web Token, RFC 7519: two objects in base64url and a signature
  {
    kind: 'token',
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{4,}\.eyJ[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*)?/g,
  },
  // GitHub, GitLab, Slack, Stripe, npm, Google
  { kind: 'token', pattern: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/g },
  {
    kind: 'token',
    pattern: /(?<![A-Za-z0-9_-])(?:glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36,}|AIza[A-Za-z0-9_-]{35,})/g,
  },
  { kind: 'token', pattern: /(?<![A-Za-z0-9_-])(?:xox[a-z]-|xapp-)[A-Za-z0-9-]{10,}/g },
  { kind: 'token', pattern: /(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]{16,}/g },
  { kind: 'token', pattern: /(?<![A-Za-z0-9_])(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g },
  // AWS access key ids; their secret keys are found by the name in front of them
  { kind: 'access_key', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  {
    kind: 'password',
    pattern: new RegExp(`(${prefix}${word}[a-z0-9_-]{0,16}${assign})${value}`, 'gi'),
  },
  {
    kind: 'password',
    pattern: new RegExp(`((?<![a-z0-9])(?:secret|token)${assign}["']?)[^\\s"'&,;<>]{8,}`, 'gi'),
    isSecret: hasLettersAndDigits,
  },
];

/** Words of which every form has at least one: a text without them holds no known secret. */
const markers =
  /:\/\/[^\s/@]{0,400}@|PRIVATE KEY|bearer\s|authorization|eyJ|gh[pousr]_|github_pat_|glpat-|npm_|AIza|xox[a-z]-|xapp-|hooks\.slack|[sr]k_(?:live|test)_|A[KSBC][ICA]A|passw|pwd|passphrase|secret|api[_-]?key|token/i;

export const redactSecrets: Redactor = (text, onRedacted) => {
  if (!markers.test(text)) return text;
  return forms.reduce((left, form) => redactForm(left, form, onRedacted), text);
};

function redactForm(text: string, { kind, pattern, isSecret }: SecretForm, onRedacted: OnRedacted): string {
  return text.replace(pattern, (found: string, ...groups: unknown[]) => {
    const kept = typeof groups[0] === 'string' ? groups[0] : '';
    const secret = found.slice(kept.length);
    if (isRedacted(secret) || isSecret?.(secret) === false) return found;
    onRedacted(kind);
    return kept + redacted;
  });
}

/** By the form before, perhaps between quotes. */
function isRedacted(secret: string): boolean {
  return secret.replace(/^["']|["']$/g, '') === redacted;
}

/** Labels and annotations that hold nothing but a secret. `secret` and `token` alone are names of resources too. */
const secretNames =
  /^(?:password|passwd|passphrase|client_?secret|secret_?(?:access_?)?key|api_?key|private_?key|(?:access|auth|refresh|api)_?token|authorization)$/i;

export function namesSecret(label: string): boolean {
  return secretNames.test(label);
}

function hasDigit(text: string): boolean {
  return /\d/.test(text);
}

/** Neither a word nor a number. */
function hasLettersAndDigits(text: string): boolean {
  return /\d/.test(text) && /[a-z]/i.test(text);
}
