import { randomBytes } from 'node:crypto';

/** W3C Trace Context, level 1: version 00, trace id, parent id, flags. */
const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The caller's trace if its header is valid, else a new one; either way with a span id of our own. */
export function continueTrace(header: string | undefined): string {
  const match = header === undefined ? null : pattern.exec(header);
  const traceId = match?.[1];
  const flags = match?.[3] ?? '01';
  const valid = traceId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(match?.[2] ?? '');
  return `00-${valid ? traceId : randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${flags}`;
}

export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent === undefined ? undefined : pattern.exec(traceparent)?.[1];
}
