import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Door } from '../domain/source/door.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** They serve the same as `server`, on the same port. */
    readonly otherListeners: readonly Server[];
  }
  interface FastifyRequest {
    /** W3C Trace Context: the caller's trace, with a span of our own. */
    traceparent: string;
    /** Whose data the caller may see; empty until a token was checked. */
    tenant: string;
    /** What the request failed with, for the one line of the access log. */
    failure: unknown;
  }
  interface FastifyContextConfig {
    /** Logged at `info` even when all is well. */
    isCommand?: boolean;
    /** Asked every second by machines: a 503 is its answer, not an event. */
    isProbe?: boolean;
    /** The way in of a sender's requests. */
    door?: Door;
    /** Stands for the methods that an address does not have. */
    isRefusal?: boolean;
  }
}

/** Declares what the guards put on a request, so that every request has one shape. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('traceparent', '');
  app.decorateRequest('tenant', '');
  app.decorateRequest('failure', undefined);
}
