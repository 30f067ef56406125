import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Answer, PlainAnswer } from './fake-http.ts';

/** Reads the request and says nothing. */
export function silence(): Answer {
  return () => undefined;
}

/** Takes the request and resets the connection. */
export function reset(): Answer {
  return (socket) => void socket.resetAndDestroy();
}

/** Takes the request and closes its half of the connection. */
export function halfClose(): Answer {
  return (socket) => void socket.end();
}

/** Sends the head of an answer whose body never ends. */
export function endlessBody(status = 200): Answer {
  return (socket) => {
    socket.write(head(status, { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' }));
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour);
    pour();
  };
}

/** Sends the head of an answer one byte at a time, and never its end. */
export function slowHead(everyMs = 10): Answer {
  return (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    drip(socket, everyMs);
  };
}

/** Sends the head at once and the body one byte at a time, never to its end. */
export function slowBody(status = 200, everyMs = 10): Answer {
  return (socket) => {
    socket.write(head(status, { 'content-length': '1000000' }));
    drip(socket, everyMs);
  };
}

/** Promises more body than it sends before it resets the connection. */
export function brokenBody(status = 200): Answer {
  return (socket) => {
    socket.write(head(status, { 'content-length': '100' }));
    socket.write('{"ok":', () => socket.resetAndDestroy());
  };
}

/** 32 MiB in about 32 KiB. */
export function gzipBomb(status = 200): PlainAnswer {
  const body = gzipSync(Buffer.alloc(32 * 1_048_576));
  return { status, headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' }, body };
}

/** An informational answer, and then `final`, or nothing. */
export function informational(status: number, final?: PlainAnswer): Answer {
  return (socket) => {
    socket.write(`HTTP/1.1 ${status} For Your Information\r\n\r\n`);
    if (final === undefined) return;
    const body = Buffer.from(final.body ?? '');
    socket.write(head(final.status, { ...final.headers, 'content-length': String(body.length) }));
    socket.write(body);
  };
}

/** Bytes that are no HTTP. */
export function garbage(): Answer {
  return (socket) => void socket.end('\x16\x03\x01 not http at all\r\n\r\n');
}

export function endlessHead(): Answer {
  return (socket) => void socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(200_000)}`);
}

function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`;
}

function drip(socket: Socket, everyMs: number): void {
  const timer = setInterval(() => socket.write('x'), everyMs);
  timer.unref();
  socket.on('close', () => clearInterval(timer));
}
