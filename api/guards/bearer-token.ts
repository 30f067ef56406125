import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';

/** A token of the command and query API and the tenant whose data it opens. */
export interface AccessToken {
  readonly token: string;
  readonly tenant: string;
}

/** RFC 6750, section 2.1: the scheme in any case, one token of a narrow alphabet. */
const bearer = /^bearer +([A-Za-z0-9._~+/=-]{1,512})$/i;

/**
 * Answers the tenant of an `Authorization` header, or undefined. Digests are compared in constant time, and all
 * of them, so that the time of an answer says nothing about any token.
 */
export function createTokenCheck(
  tokens: readonly AccessToken[],
): (header: string | undefined) => string | undefined {
  const known = tokens.map(({ token, tenant }) => ({ digest: digestOf(token), tenant }));
  return (header) => {
    const token = header === undefined ? undefined : bearer.exec(header)?.[1];
    if (token === undefined) return undefined;
    const digest = digestOf(token);
    let found: string | undefined;
    for (const candidate of known) {
      if (timingSafeEqual(candidate.digest, digest)) found = candidate.tenant;
    }
    return found;
  };
}

/** Refuses every request of the scope that carries no valid token, before anything of its body is read. */
export function requireToken(scope: FastifyInstance, tokens: readonly AccessToken[]): void {
  const tenantOf = createTokenCheck(tokens);
  scope.addHook('onRequest', (request, _reply, done) => {
    const tenant = tenantOf(request.headers.authorization);
    if (tenant === undefined) return done(new TocsinError('unauthorized'));
    request.tenant = tenant;
    done();
  });
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
