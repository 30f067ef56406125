/** One mail as a reader sees it. */
export interface ReadMail {
  /** Names in lower case, values unfolded and decoded. A header that stands twice is joined by a newline. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
}

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads what RFC 5322, 2045 and 2047 allow as far as plain senders use it. */
export function readMail(raw: string): ReadMail {
  const top = readPart(raw);
  const leaves = leavesOf(top);
  const contentOf = (type: string) => {
    const leaf = leaves.find(({ headers }) => (headers['content-type'] ?? 'text/plain').startsWith(type));
    return leaf === undefined ? '' : decodeBody(leaf);
  };
  return { headers: top.headers, text: contentOf('text/plain'), html: contentOf('text/html') };
}

function readPart(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n');
  const head = end < 0 ? raw : raw.slice(0, end);
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name = '', value = ''] = /^([^:\s]+):\s?(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`no header: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    const decoded = decodeWords(value);
    headers[key] = headers[key] === undefined ? decoded : `${headers[key]}\n${decoded}`;
  }
  return { headers, body: end < 0 ? '' : raw.slice(end + 4) };
}

function leavesOf(part: Part): Part[] {
  const [, boundary] = /boundary="([^"]+)"/.exec(part.headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) return [part];
  const inner = part.body.split(`--${boundary}`).slice(1, -1);
  return inner.flatMap((text) => leavesOf(readPart(text.replace(/^\r\n|\r\n$/g, ''))));
}

function decodeBody({ headers, body }: Part): string {
  switch (headers['content-transfer-encoding']?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return fromHex(body.replace(/=\r\n/g, ''), /=([0-9A-F]{2})/g).replaceAll('\r\n', '\n');
    default:
      return body.replaceAll('\r\n', '\n');
  }
}

function decodeWords(value: string): string {
  return value.replace(/(\?=)\s+(=\?)/g, '$1$2').replace(/((?:=\?utf-8\?[bq]\?[^?]*\?=)+)/gi, (run) => {
    const words = [...run.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)];
    const bytes = words.map(({ 1: kind = '', 2: word = '' }) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64')
        : Buffer.from(word.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, hexAsLatin1), 'latin1'),
    );
    return Buffer.concat(bytes).toString('utf8');
  });
}

function fromHex(text: string, pattern: RegExp): string {
  return Buffer.from(text.replace(pattern, hexAsLatin1), 'latin1').toString('utf8');
}

function hexAsLatin1(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
