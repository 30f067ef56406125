import type { FastifyRequest } from 'fastify';
import type { HeaderLookup } from './ports.ts';

/** The headers that the request itself has, and nothing of a prototype. */
export function headersOf({ headers }: Pick<FastifyRequest, 'headers'>): HeaderLookup {
  return (name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return Array.isArray(value) ? value.join(', ') : value;
  };
}
