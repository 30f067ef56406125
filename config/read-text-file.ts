import { open } from 'node:fs/promises';

/** Reads a regular file of UTF-8 text. Rejects with a `code`: that of node:fs, or EFBIG, EILSEQ, EISDIR, EINVAL. */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  await using file = await open(path, 'r');
  const stat = await file.stat();
  if (stat.isDirectory()) throw fileError('EISDIR');
  if (!stat.isFile()) throw fileError('EINVAL');
  const buffer = Buffer.alloc(Math.min(stat.size, maxBytes) + 1);
  const length = await fill(buffer, (offset) => file.read(buffer, offset, buffer.length - offset, offset));
  if (length > maxBytes) throw fileError('EFBIG');
  return decode(buffer.subarray(0, length));
}

async function fill(
  buffer: Buffer,
  read: (offset: number) => Promise<{ bytesRead: number }>,
): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await read(length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fileError('EILSEQ', cause);
  }
}

function fileError(code: string, cause?: unknown): Error {
  return Object.assign(new Error(`the file cannot be read: ${code}`, { cause }), { code });
}
