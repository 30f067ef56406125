import { createHash } from 'node:crypto';
import { createFakeHttp, type FakeHttp, type PlainAnswer, type RecordedRequest } from './fake-http.ts';
import { createProgramme, type Programme } from './programmable.ts';

export interface FakeTwilioOptions {
  readonly accountSid: string;
  /** The user of the basic authentication. Default: the account's SID. */
  readonly user?: string;
  readonly authToken: string;
  /** Numbers and names that may send. */
  readonly senders: readonly string[];
  readonly port?: number;
}

export interface TwilioMessage {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly status: string;
}

export interface TwilioCall {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly twiml: string;
  /** What is heard, one entry for each time that it speaks. */
  readonly says: readonly string[];
}

export interface FakeTwilio extends Programme, AsyncDisposable {
  readonly apiUrl: string;
  readonly server: FakeHttp;
  readonly requests: readonly RecordedRequest[];
  /** Oldest first. */
  messages(): readonly TwilioMessage[];
  calls(): readonly TwilioCall[];
  /** Tells what became of the message. */
  setStatus(sid: string, status: string): void;
  close(): Promise<void>;
}

/** One of Twilio's errors. */
export function twilioError(status: number, code: number): PlainAnswer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return json(status, { code, message: `error ${code}`, more_info, status });
}

/** Messages and Calls of the REST API of 2010-04-01 with its checks. */
export async function createFakeTwilio(options: FakeTwilioOptions): Promise<FakeTwilio> {
  const programme = createProgramme();
  const account = createAccount(options);
  const server = await createFakeHttp({
    ...(options.port !== undefined && { port: options.port }),
    answer: (request) => programme.take(request) ?? account.answer(request),
  });
  const { next, always } = programme;
  const { url: apiUrl, requests, close } = server;
  const { messages, calls, setStatus } = account;
  return {
    apiUrl,
    server,
    requests,
    messages,
    calls,
    setStatus,
    next,
    always,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createAccount({ accountSid, user = accountSid, authToken, senders }: FakeTwilioOptions) {
  const messages: TwilioMessage[] = [];
  const calls: TwilioCall[] = [];
  const login = `Basic ${Buffer.from(`${user}:${authToken}`).toString('base64')}`;

  function answer(request: RecordedRequest): PlainAnswer {
    const url = new URL(request.path, 'http://twilio');
    if (request.headers.authorization !== login) return twilioError(401, 20003);
    const fields = new URLSearchParams(request.body);
    switch (`${request.method} ${url.pathname}`) {
      case `GET /2010-04-01/Accounts/${accountSid}/Messages.json`:
        return list(url.searchParams);
      case `POST /2010-04-01/Accounts/${accountSid}/Messages.json`:
        return isForm(request) ? createMessage(fields) : json(415, {});
      case `POST /2010-04-01/Accounts/${accountSid}/Calls.json`:
        return isForm(request) ? createCall(fields) : json(415, {});
      default:
        return twilioError(404, 20404);
    }
  }

  function createMessage(fields: URLSearchParams): PlainAnswer {
    const { To: to = '', From: from = '', Body: body = '' } = Object.fromEntries(fields);
    if (to === '') return twilioError(400, 21604);
    if (!isNumber(to)) return twilioError(400, 21211);
    if (!senders.includes(from)) return twilioError(400, 21606);
    if (body === '') return twilioError(400, 21602);
    if (body.length > 1_600) return twilioError(400, 21617);
    const message = { sid: sidOf('SM', messages.length), to, from, body, status: 'queued' };
    messages.push(message);
    return json(201, { ...message, error_code: null, num_segments: '1', date_sent: null });
  }

  function createCall(fields: URLSearchParams): PlainAnswer {
    const { To: to = '', From: from = '', Twiml: twiml = '' } = Object.fromEntries(fields);
    if (!isNumber(to)) return twilioError(400, 21217);
    if (!isNumber(from) || !senders.includes(from)) return twilioError(400, 21210);
    if (twiml.length > 4_000) return twilioError(400, 32018);
    const says = readTwiml(twiml);
    // Twilio finds this out during the call; here it must not stay unnoticed
    if (says === undefined) return twilioError(400, 12100);
    const sid = sidOf('CA', calls.length);
    calls.push({ sid, to, from, twiml, says });
    return json(201, { sid, to, from, status: 'queued' });
  }

  /** Newest first. */
  function list(filter: URLSearchParams): PlainAnswer {
    const to = filter.get('To');
    const size = Number(filter.get('PageSize') ?? 50);
    const found = messages.toReversed().filter((message) => to === null || message.to === to);
    return json(200, { messages: found.slice(0, size), page: 0, page_size: size });
  }

  function setStatus(sid: string, status: string): void {
    const index = messages.findIndex((message) => message.sid === sid);
    const message = messages[index];
    if (message !== undefined) messages[index] = { ...message, status };
  }

  return { answer, setStatus, messages: () => [...messages], calls: () => [...calls] };
}

function isForm({ headers }: RecordedRequest): boolean {
  return headers['content-type'] === 'application/x-www-form-urlencoded';
}

function isNumber(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text);
}

function sidOf(prefix: string, index: number): string {
  return `${prefix}${createHash('md5').update(`${prefix}${index}`).digest('hex')}`;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What a document of `Say` and `Pause` says; undefined for anything else, and for what is no XML. */
function readTwiml(twiml: string): readonly string[] | undefined {
  const say = '<Say>[^<>]*</Say>';
  const document = new RegExp(
    `^<Response>(?:<!-- (?:(?!--)[^<>])* -->|${say}|<Pause length="\\d+"/>)+</Response>$`,
  );
  if (!document.test(twiml)) return undefined;
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(twiml)) return undefined;
  if (/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(twiml)) return undefined;
  return [...twiml.matchAll(/<Say>([^<>]*)<\/Say>/g)].map(({ 1: text = '' }) =>
    text.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? ''),
  );
}

function json(status: number, body: object): PlainAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
