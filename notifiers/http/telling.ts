/** Shorter pieces occur by chance. */
const minTellingLength = 6;

/** Whether a text that a provider sent back gives away a secret, or a good part of one. */
export function isTelling(text: string, secrets: readonly string[]): boolean {
  return secrets.some(
    (secret) =>
      secret !== '' && (text.includes(secret) || (text.length >= minTellingLength && secret.includes(text))),
  );
}
