import type { SourceContext, SourceRequest } from '../source.ts';
import { aContext } from '../testing/a-request.ts';

/** For tests: an event's attributes in JSON, with defaults. */
export function anEvent(changes: object = {}): object {
  return {
    specversion: '1.0',
    id: 'e-1',
    source: '/sensors',
    type: 'org.example.disk.full',
    subject: 'db-1',
    time: '2026-09-14T08:30:00Z',
    ...changes,
  };
}

/** For tests: a request of a media type, with further headers. */
export function aDelivery(body: unknown, type: string, headers: Readonly<Record<string, string>> = {}) {
  const all = new Map(Object.entries({ 'content-type': type, ...headers }));
  return { body, header: (name: string) => all.get(name) } satisfies SourceRequest;
}

export const structured = 'application/cloudevents+json; charset=utf-8';
export const batch = 'application/cloudevents-batch+json';

export function eventContext(changes: Partial<SourceContext> = {}): SourceContext {
  return aContext({ source: 'events', ...changes });
}
