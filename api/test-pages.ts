import type { SendTestPage } from '../client/test-page-client.ts';
import type { TocsinConfig } from '../config/config.ts';
import { TocsinError } from '../domain/errors.ts';
import { sha256Hex } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { User } from '../domain/people/people.ts';
import type { Target, Urgency } from '../domain/policy/policy.ts';
import { type TestPageResult, testPageRequest } from '../domain/policy/test-page.ts';

export interface TestPagesDeps {
  readonly config: () => Pick<TocsinConfig, 'channels' | 'users'>;
  readonly send: SendTestPage;
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Who asks for a test. */
export interface TestCaller {
  readonly tenant: string;
  readonly by: string;
  readonly traceparent: string;
}

/** One contact's test page, and how long it took until its provider had answered. */
export interface TestedContact extends TestPageResult {
  readonly channel: string;
  readonly provider: string;
  readonly ms: number;
}

/** Sends test pages. Both throw `engine_unavailable`. */
export interface TestPages {
  /** Throws `channel_not_found`. */
  channel(name: string, caller: TestCaller): Promise<TestedContact>;
  /** To every contact that a page of this urgency would reach, all at once. Throws `user_not_found`. */
  user(name: string, urgency: Urgency, caller: TestCaller): Promise<readonly TestedContact[]>;
}

type Place = Pick<Target, 'channel' | 'provider'>;

export function createTestPages({ config, send, newId, now }: TestPagesDeps): TestPages {
  const test = async ({ channel, provider }: Place, caller: TestCaller): Promise<TestedContact> => {
    const startedMs = now();
    const request = testPageRequest({
      ...caller,
      channel,
      provider,
      key: sha256Hex(`test|${caller.tenant}|${channel}|${newId()}`),
      at: new Date(startedMs).toISOString(),
      deadlineAt: new Date(startedMs + limits.testPageTimeoutMs).toISOString(),
    });
    const result = await send(request);
    return { channel, provider, ...result, ms: now() - startedMs };
  };

  return {
    async channel(name, caller) {
      const found = config().channels.get(name);
      if (found === undefined) throw new TocsinError('channel_not_found');
      return test({ channel: name, provider: found.provider }, caller);
    },
    async user(name, urgency, caller) {
      const found = config().users.get(name);
      if (found === undefined) throw new TocsinError('user_not_found');
      return Promise.all(contactsOf(found, urgency).map((target) => test(target, caller)));
    },
  };
}

/** Each once, in the order in which they would be used; without rules every contact is. */
function contactsOf({ contacts, rules }: User, urgency: Urgency): Target[] {
  const named = new Set(rules[urgency].map(({ contact }) => contact));
  const names = named.size > 0 ? [...named] : [...contacts.keys()];
  return names.flatMap((name) => contacts.get(name) ?? []);
}
