/** What was found, by kind; the text itself goes nowhere. */
export const redactionKinds = [
  'card_number',
  'private_key',
  'authorization',
  'password',
  'access_key',
  'token',
  'pattern',
] as const;
export type RedactionKind = (typeof redactionKinds)[number];

/** Is told of each text that is replaced. */
export type OnRedacted = (kind: RedactionKind) => void;

/** The text without what must not be kept; the same text when there is nothing of it. Takes linear time. */
export type Redactor = (text: string, onRedacted: OnRedacted) => string;

/** Stands where something was taken out. No redactor finds anything in it. */
export const redacted = '[redacted]';
