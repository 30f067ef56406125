/** The number of a Discord webhook in its address, which is no secret: the token behind it is. Undefined for other addresses. */
export function discordWebhookIdOf(url: string): string | undefined {
  return /\/webhooks\/(\d{1,20})\/[^/?#]+\/?(?:[?#].*)?$/.exec(url)?.[1];
}
