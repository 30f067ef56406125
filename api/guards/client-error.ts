import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../../domain/errors.ts';
import { TocsinError } from '../../domain/errors.ts';
import { problemContentType, problemOf } from '../problem.ts';
import { securityHeaders } from './security-headers.ts';

/** Codes of Node's HTTP parser and of its watch over slow clients. */
const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request_timeout'],
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
]);

/** Answers what never became a request: bytes that are not HTTP, and clients too slow to finish. Then hangs up. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(rawAnswer(codes.get(error.code ?? '') ?? 'invalid_request'));
  socket.destroySoon();
}

function rawAnswer(code: ErrorCode): string {
  const problem = problemOf(new TocsinError(code));
  const body = JSON.stringify(problem);
  const headers = Object.entries({
    ...securityHeaders,
    'content-type': problemContentType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${head}\r\n${body}`;
}
