import type { RecordedRequest } from './fake-http.ts';
import type { Stack } from './stack.ts';

/** Where a provider's secret belongs. */
const expectedHeaders: ReadonlySet<string> = new Set(['authorization']);

/** I9: no canary in logs, in what was sent, or in `texts`. */
export function leaks(stack: Stack, texts: readonly string[]): string[] {
  const sent = stack.wire.hits().map(({ request }) => textOf(request));
  const places = new Map([
    ['a log', stack.logs()],
    ['what was sent', sent.join('\n')],
    ['a history or an event', texts.join('\n')],
  ]);
  return Object.entries(stack.canaries).flatMap(([name, secret]) =>
    [...places].filter(([, text]) => text.includes(secret)).map(([place]) => `I9: ${name} is in ${place}`),
  );
}

function textOf({ path, headers, body }: RecordedRequest): string {
  const others = Object.entries(headers).filter(([name]) => !expectedHeaders.has(name));
  return JSON.stringify([path, others, body]);
}
