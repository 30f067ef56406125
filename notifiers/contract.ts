import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notifier, SendContext, SendResult } from '../domain/policy/notification.ts';
import { aNotification, aSendContext, type NotificationOverrides } from '../test/support/a-notification.ts';
import { eventually } from '../test/support/eventually.ts';
import type { FakeHttp, PlainAnswer, RecordedRequest } from '../test/support/fake-http.ts';
import type { Programme } from '../test/support/programmable.ts';
import {
  brokenBody,
  endlessBody,
  endlessHead,
  garbage,
  gzipBomb,
  halfClose,
  informational,
  reset,
  silence,
  slowBody,
  slowHead,
} from '../test/support/wire-answers.ts';
import { createGuardedHttpClient, type GuardedHttpClient } from './http/guarded-http-client.ts';

/** A real server that speaks the provider's protocol. */
export interface ServedProvider extends Programme {
  readonly server: FakeHttp;
  /** The notification's key, from wherever the provider's messages carry it. */
  keyOf(request: RecordedRequest): string | undefined;
  /** What the provider answers to a message that it takes. */
  readonly accepted: PlainAnswer;
  /** Whether a 2xx status is enough, or its body must say so. */
  readonly statusIsEnough: boolean;
}

export interface NotifierWiring {
  readonly http: GuardedHttpClient;
  readonly write: (line: string) => void;
  readonly now: () => number;
  /** Undefined for providers without a wire. */
  readonly served: ServedProvider | undefined;
  /** To be used wherever the provider takes a secret. */
  readonly canary: string;
}

export interface NotifierContract {
  readonly name: string;
  readonly create: (wiring: NotifierWiring) => Notifier;
  /** Left out by a provider that needs no network. */
  readonly serve?: (canary: string) => Promise<ServedProvider>;
}

export const canarySecret = 'canary0secret0that0must0never0be0seen';

/** Long enough for a busy machine; only what is meant to time out runs under the short one. */
const patientMs = 10_000;
const impatientMs = 400;

/** What every provider promises, whatever the other side does. */
export function describeNotifierContract({ name, create, serve }: NotifierContract): void {
  describe(`${name} as a notifier`, () => {
    let served: ServedProvider | undefined;
    let clients: GuardedHttpClient[];
    let notifier: Notifier;
    let impatient: Notifier;
    let written: string[];

    beforeEach(async () => {
      written = [];
      clients = [];
      served = await serve?.(canarySecret);
      notifier = createWithin(patientMs);
      impatient = createWithin(impatientMs);
    });

    function createWithin(timeoutMs: number): Notifier {
      const logger = { warn: (...parts: unknown[]) => void written.push(JSON.stringify(parts)) };
      const http = createGuardedHttpClient({ allowPrivate: ['127.0.0.0/8'], logger, timeoutMs });
      clients.push(http);
      return createOver(http);
    }

    function createOver(http: GuardedHttpClient): Notifier {
      const write = (line: string) => void written.push(line);
      return create({ http, write, now: Date.now, served, canary: canarySecret });
    }

    function firstClient(): GuardedHttpClient {
      const [first] = clients;
      if (first === undefined) throw new Error('there is no client yet');
      return first;
    }

    afterEach(async () => {
      for (const http of clients) http.close();
      await served?.server.close();
      expect(written.join('\n')).not.toContain(canarySecret);
    });

    async function send(
      context: Partial<SendContext> = {},
      by = notifier,
      overrides: NotificationOverrides = {},
    ): Promise<SendResult> {
      const request = aNotification({ provider: by.provider, ...overrides });
      const result = await by.send(request, aSendContext(context));
      expect(JSON.stringify(result)).not.toContain(canarySecret);
      return result;
    }

    it('says what breaks together without giving a secret away', () => {
      const { account, pace } = notifier;
      expect(account).toMatch(/^[\w.:@+/-]{1,253}$/);
      expect(JSON.stringify({ account, pace })).not.toContain(canarySecret);
      if (pace !== undefined) expect(pace.everyMs).toBeGreaterThan(0);
    });

    it.each(['update', 'resolved', 'reminder', 'test'] as const)(
      'knows what to do with kind %s',
      async (kind) => {
        const incident = kind === 'resolved' ? { state: 'resolved' as const } : {};
        const notes = ['nobody is on call in payments'];
        expect(await send({}, notifier, { kind, incident, notes, by: 'amy' })).toMatchObject({
          outcome: 'delivered',
        });
      },
    );

    it('takes a page back if it says that it can', async () => {
      const page = await send();
      if (!notifier.canUndo || page.outcome !== 'delivered') return;
      const undo = { kind: 'undo' as const, providerId: page.providerId };
      expect(await send({}, notifier, undo)).toMatchObject({ outcome: 'delivered' });
    });

    it('delivers, and says under which id', async () => {
      const result = await send();
      expect(result).toMatchObject({ outcome: 'delivered', providerId: expect.stringMatching(/^\S+$/) });
    });

    it('sends nothing once it has been cancelled', async () => {
      const result = await send({ signal: AbortSignal.abort() });
      expect(result).toMatchObject({ outcome: 'retry' });
      expect(written).toEqual([]);
      expect(served?.server.requests ?? []).toEqual([]);
    });

    if (serve === undefined) return;
    const provider = (): ServedProvider => {
      if (served === undefined) throw new Error('the provider is not served');
      return served;
    };

    it('uses one key for all attempts', async () => {
      provider().next({ status: 503 }, { status: 429 });
      const outcomes = [];
      for (const attempt of [1, 2, 3]) outcomes.push((await send({ attempt })).outcome);
      expect(outcomes).toEqual(['retry', 'retry', 'delivered']);
      expect(provider().server.requests.map(provider().keyOf)).toEqual(Array(3).fill(aNotification().key));
    });

    it('knows what to make of every status from 200 to 599', async () => {
      for (let status = 200; status <= 599; status += 1) {
        provider().next({ ...provider().accepted, status });
        // anew: a notifier may remember that nobody is there any more
        const { outcome } = await send({}, createOver(firstClient()));
        expect(acceptable(status, provider().statusIsEnough), `status ${status}`).toContain(outcome);
      }
      expect(provider().server.requests).toHaveLength(400);
    }, 60_000);

    it('passes over informational answers to the real one', async () => {
      for (let status = 100; status <= 199; status += 1) {
        provider().next(informational(status, provider().accepted));
        const { outcome } = await send();
        // 101 ends HTTP on the connection; nobody asked for that.
        expect(outcome, `status ${status}`).toBe(status === 101 ? 'rejected' : 'delivered');
      }
    }, 60_000);

    it('does not take an informational answer for the real one', async () => {
      provider().always(() => informational(103));
      const reason = `timed out after ${impatientMs} ms`;
      expect(await send({}, impatient)).toMatchObject({ outcome: 'unknown', reason });
    });

    it('follows no redirect', async () => {
      const location = `${provider().server.url}/elsewhere`;
      for (const status of [301, 302, 303, 307, 308]) {
        provider().next({ status, headers: { location } });
        expect(await send()).toMatchObject({ outcome: 'rejected', status });
      }
      expect(provider().server.requests.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    });

    it.each([
      ['7', 7_000],
      ['86400', 60_000],
      ['99999999999', undefined],
      ['-5', undefined],
      ['0', undefined],
      ['soon', undefined],
      ['1e3', undefined],
    ])('reads Retry-After: %s as %s', async (value, afterMs) => {
      provider().next({ status: 429, headers: { 'retry-after': value } });
      const result = await send();
      expect(result).toMatchObject({ outcome: 'retry' });
      expect(result.outcome === 'retry' && result.afterMs).toBe(afterMs);
    });

    it('reads Retry-After as a date', async () => {
      const inHalfAMinute = new Date(Date.now() + 30_000).toUTCString();
      provider().next({ status: 503, headers: { 'retry-after': inHalfAMinute } });
      const result = await send();
      const afterMs = result.outcome === 'retry' ? (result.afterMs ?? 0) : 0;
      expect(afterMs).toBeGreaterThan(25_000);
      expect(afterMs).toBeLessThanOrEqual(30_000);
    });

    it.each([
      ['silence', silence],
      ['a reset', reset],
      ['a half-closed connection', halfClose],
      ['a head that drips in', slowHead],
      ['a head that never ends', endlessHead],
      ['bytes that are no HTTP', garbage],
    ])('does not know the outcome after %s', async (_name, answer) => {
      provider().next(answer());
      expect(await send({}, impatient)).toMatchObject({ outcome: 'unknown' });
      expect(provider().server.requests).toHaveLength(1);
    });

    it.each([
      ['endless', endlessBody],
      ['dripping', slowBody],
      ['broken', brokenBody],
      ['exploding', gzipBomb],
    ])('keeps to the status in front of a body that is %s', async (_name, answer) => {
      const outcomes = [];
      for (const status of [200, 404, 500]) {
        provider().next(answer(status));
        outcomes.push((await send({}, impatient)).outcome);
      }
      const taken = provider().statusIsEnough ? 'delivered' : 'unknown';
      expect(outcomes).toEqual([taken, 'rejected', 'retry']);
    });

    it('stops at once when it is cancelled, and says that it does not know', async () => {
      provider().always(silence);
      const controller = new AbortController();
      const sending = send({ signal: controller.signal });
      await eventually(() => provider().server.requests[0]);
      controller.abort();
      expect(await sending).toMatchObject({ outcome: 'unknown', reason: 'cancelled' });
    });

    it('has sent nothing when nobody listens', async () => {
      await provider().server.close();
      const result = await send();
      expect(result).toMatchObject({ outcome: 'retry', reason: expect.stringContaining('ECONNREFUSED') });
    });

    it('claims nothing when the connection is reset before the request is read', async () => {
      provider().server.onConnection((socket) => void socket.resetAndDestroy());
      const { outcome } = await send();
      expect(['retry', 'unknown']).toContain(outcome);
      expect(provider().server.requests).toEqual([]);
    });

    it('gives no secret away that the other side sends back', async () => {
      for (const status of [200, 400, 500]) {
        provider().always((request) => {
          const echo = `${canarySecret} ${request.path} ${JSON.stringify(request.headers)}`;
          const body = { ok: status === 200, id: canarySecret, ts: canarySecret, error: canarySecret, echo };
          return { status, body: JSON.stringify(body), headers: { 'retry-after': canarySecret } };
        });
        await send();
        provider().always(() => ({ status, body: JSON.stringify({ ok: false, error: canarySecret }) }));
        await send();
      }
    });

    it('leaves no connection behind', async () => {
      const answers = [provider().accepted, reset(), slowBody(), provider().accepted, endlessBody()];
      for (const answer of answers) {
        provider().next(answer);
        await send({}, impatient);
      }
      for (const http of clients) http.close();
      await eventually(() => (provider().server.openConnections() === 0 ? true : undefined));
    });
  });
}

function acceptable(status: number, statusIsEnough: boolean): readonly SendResult['outcome'][] {
  if (status >= 500 || [408, 425, 429].includes(status)) return ['retry'];
  if (status >= 300) return ['rejected'];
  // 204 has no body, so it cannot say what some providers must read there.
  return statusIsEnough || status !== 204 ? ['delivered'] : ['unknown'];
}
