import type { ParsedPayload, SourceContext, SourceRequest } from '../source.ts';

/** For tests: a request without headers. */
export function aRequest(body: unknown, headers: Readonly<Record<string, string>> = {}): SourceRequest {
  return { body, header: (name) => headers[name] };
}

/** For tests: a lenient source, and a request that came at 08:40. */
export function aContext(changes: Partial<SourceContext> = {}): SourceContext {
  return {
    tenant: 'default',
    source: 'prometheus',
    validation: 'lenient',
    resolveTimeoutMs: 300_000,
    receivedAtMs: Date.parse('2026-09-14T08:40:00.000Z'),
    ...changes,
  };
}

/** For tests: the alerts of the commands that observe one, by their place. */
export function observedIn({ commands }: Pick<ParsedPayload, 'commands'>) {
  return commands.flatMap(({ index, command }) =>
    command.kind === 'observe' ? [{ index, alert: command.alert }] : [],
  );
}
