/** RFC 7617: the scheme in any case, base64 of `user:password`. */
const basic = /^basic +([A-Za-z0-9+/=]{1,1024})$/i;
/** RFC 6750, section 2.1. */
const bearer = /^bearer +([A-Za-z0-9._~+/=-]{1,512})$/i;

/** A source's key from an `Authorization` header: the bearer token, or the password of any user. */
export function sourceKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = bearer.exec(header)?.[1];
  if (token !== undefined) return token;
  const credentials = basic.exec(header)?.[1];
  return credentials === undefined ? undefined : passwordOf(Buffer.from(credentials, 'base64').toString());
}

/** A user's name has no colon; a password may. */
function passwordOf(credentials: string): string | undefined {
  const colon = credentials.indexOf(':');
  return colon === -1 ? undefined : credentials.slice(colon + 1);
}
