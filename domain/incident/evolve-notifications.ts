import type { IncidentEvent } from '../events/incident-events.ts';
import { limits } from '../limits.ts';
import { failingBundles, settled, withPage } from './bundles.ts';
import { beginChain, isDead, isRunning } from './chains.ts';
import { withChain } from './evolve-steps.ts';
import type {
  Bundle,
  BundledPage,
  Chain,
  DeadLetter,
  Incident,
  Ladder,
  PendingNotification,
  PostedMessage,
  Unit,
} from './incident.ts';
import { isAt, type Place } from './place.ts';
import { isUnitDead } from './units.ts';

type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { type: T }>['data'];

export function requested(state: Incident, data: EventOf<'NotificationRequested'>): Incident {
  const { at, key, kind, round, step, target, providerId, of } = data;
  const chain = kind === 'page' ? chainOfPage(state, data) : undefined;
  const ladder = isAt(state.ladder, data) ? state.ladder : undefined;
  const deadlineAt = deadlineOf(state, data, chain);
  const notes = kind === 'page' ? (chain?.notes ?? ladder?.notes ?? []) : [];
  const pending: PendingNotification = {
    key,
    kind,
    round,
    step,
    target,
    ...(providerId !== undefined && { providerId }),
    ...(of !== undefined && { of }),
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(notes.length > 0 && { notes }),
  };
  const next = { ...state, requested: state.requested + 1, pending: [...state.pending, pending] };
  switch (kind) {
    case 'page':
      return pageRequested(next, data, chain);
    case 'update':
    case 'resolved':
      return { ...next, messages: showing(state.messages, providerId, state.status) };
    case 'reminder':
      return { ...next, remindedAt: at };
    case 'undo':
      return {
        ...withPage(next, data, of ?? '', (page) => [{ ...page, state: 'being_undone' }]),
        deadLetters: next.deadLetters.filter((letter) => letter.key !== of),
      };
    case 'test':
      return next;
  }
}

/** A page ends with its step; what a chain pages later has as long as its step had. */
function deadlineOf(
  { ladder, policy }: Incident,
  { kind, at, round, step }: EventOf<'NotificationRequested'>,
  chain: Chain | undefined,
): string | undefined {
  if (kind === 'reminder')
    return policy.remindEveryMs === undefined ? undefined : later(at, policy.remindEveryMs);
  const begun = chain ?? (isAt(ladder, { round, step }) ? ladder : undefined);
  if (kind !== 'page' || begun === undefined || begun.waitMs === 0) return undefined;
  const end = later(begun.startedAt, begun.waitMs);
  return end > at ? end : later(at, begun.waitMs);
}

function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

function pageRequested(
  state: Incident,
  data: EventOf<'NotificationRequested'>,
  chain: Chain | undefined,
): Incident {
  const { key, target, sequence } = data;
  const isFirst = chain === undefined || chain.asked === 0;
  const paged = isAt(state.ladder, data) && isFirst ? [...state.paged, target] : state.paged;
  const page: BundledPage = { key, target, state: 'under_way' };
  const next: Incident = {
    ...state,
    paged,
    bundles: state.bundles.map((bundle) =>
      isAt(bundle, data) ? { ...bundle, pages: [...bundle.pages, page] } : bundle,
    ),
  };
  if (chain === undefined) return withUnit(next, data, target.name, 'asked');
  const { hurriedAt: _, ...calm } = chain;
  return replaceChain(next, { ...calm, next: Math.max(chain.next, sequence + 1), asked: chain.asked + 1 });
}

function showing(
  messages: readonly PostedMessage[],
  providerId: string | undefined,
  shows: Incident['status'],
): PostedMessage[] {
  return messages.map((message) => (message.providerId === providerId ? { ...message, shows } : message));
}

export function delivered(state: Incident, data: EventOf<'NotificationDelivered'>): Incident {
  const { key, providerId } = data;
  const notification = state.pending.find((candidate) => candidate.key === key);
  const next = { ...state, delivered: state.delivered + 1, pending: withoutKey(state.pending, key) };
  if (notification === undefined) return next;
  const { kind, target, round, step } = notification;
  if (kind === 'update' || kind === 'resolved') return movedMessage(next, notification, providerId);
  if (kind !== 'page') return next;
  const ended = settled(
    withPage(next, notification, key, (page) => [{ ...page, state: 'ended', providerId }]),
  );
  if (!target.updates) return ended;
  const message: PostedMessage = { target, providerId, round, step, shows: 'open' };
  return { ...ended, messages: [...next.messages, message].slice(-limits.maxPostedMessages) };
}

/** An edit that had to be posted anew has a new id; later edits go there. */
function movedMessage(state: Incident, edit: PendingNotification, providerId: string): Incident {
  const moved = state.messages.map((message) =>
    message.providerId === edit.providerId ? { ...message, providerId } : message,
  );
  return { ...state, messages: moved };
}

/** Given up on purpose; what an attempt before had done is not known. */
export function withdrawn(state: Incident, { key }: EventOf<'NotificationFailed'>): Incident {
  const notification = state.pending.find((candidate) => candidate.key === key);
  const next = { ...state, pending: withoutKey(state.pending, key) };
  if (notification === undefined) return next;
  return settled(
    notification.kind === 'undo'
      ? withPage(next, notification, notification.of ?? '', () => [])
      : withPage(next, notification, key, (page) => [{ ...page, state: 'ended' }]),
  );
}

export function deadLettered(state: Incident, data: EventOf<'NotificationDeadLettered'>): Incident {
  const notification = state.pending.find(({ key }) => key === data.key);
  const next = {
    ...state,
    deadLettered: state.deadLettered + 1,
    pending: withoutKey(state.pending, data.key),
  };
  if (notification === undefined) return next;
  const chain = notification.kind === 'page' ? chainOfPage(state, notification) : undefined;
  const waitMs = chain?.waitMs ?? (isAt(state.ladder, notification) ? state.ladder?.waitMs : undefined);
  const mayHaveArrived = data.outcome === 'unknown';
  const letter: DeadLetter = {
    ...notification,
    ...(waitMs !== undefined && { waitMs }),
    ...(mayHaveArrived && { mayHaveArrived }),
  };
  const kept = isOfFailed(state, notification)
    ? next
    : { ...next, deadLetters: [...next.deadLetters, letter].slice(-limits.maxDeadLetters) };
  if (notification.kind === 'undo')
    return settled(withPage(kept, notification, notification.of ?? '', () => []));
  if (notification.kind !== 'page') return kept;
  const ended = withPage(kept, notification, data.key, (page) =>
    mayHaveArrived ? [{ ...page, state: 'ended' }] : [],
  );
  if (chain !== undefined) return settled(contactIsDead(ended, chain, data.at));
  return settled(isOfOlderChain(state, notification) ? ended : channelIsDead(ended, notification, data.at));
}

/** What its step did is being taken back: the page is not sent again. */
function isOfFailed({ bundles }: Incident, notification: PendingNotification): boolean {
  if (notification.kind !== 'page') return false;
  return bundles.some((bundle) => bundle.hasFailed && isAt(bundle, notification));
}

/** A more urgent chain took the place of the one that the page belongs to: it decides nothing any more. */
function isOfOlderChain({ chains }: Incident, { target }: PendingNotification): boolean {
  return chains.some(({ contacts }) => contacts.some((contact) => contact.target.name === target.name));
}

function channelIsDead(state: Incident, page: PendingNotification, at: string): Incident {
  const next = failingBundles(withUnit(state, page, page.target.name, 'dead'), (bundle) =>
    isAt(bundle, page),
  );
  return isAt(state.ladder, page) ? afterDeath(next, at) : next;
}

function contactIsDead(state: Incident, chain: Chain, at: string): Incident {
  const dead: Chain = { ...chain, dead: chain.dead + 1, ...(isRunning(chain) && { hurriedAt: at }) };
  const next = replaceChain(state, dead);
  if (!isDead(dead)) return next;
  const concerns = (bundle: Bundle) =>
    isAt(bundle, dead) || (isAt(bundle, state.ladder) && names(state, dead.user));
  return names(state, dead.user)
    ? afterDeath(failingBundles(next, concerns), at)
    : failingBundles(next, concerns);
}

function names({ ladder }: Incident, user: string): boolean {
  return ladder?.units.some((unit) => unit.kind === 'person' && unit.user === user) ?? false;
}

/** One after the other until somebody answers: whose turn it is now may be a user, whose chain then begins. */
function afterDeath(state: Incident, at: string): Incident {
  const { ladder, bundles } = state;
  if (ladder === undefined) return state;
  const hasFailed = ladder.hasFailed || bundles.some((bundle) => bundle.hasFailed && isAt(bundle, ladder));
  const dead = { ...state, ladder: { ...ladder, deadAt: at, hasFailed } };
  return ladder.mode === 'first_success' && state.status === 'open' ? nextTurn(dead, dead.ladder, at) : dead;
}

function nextTurn(state: Incident, ladder: Ladder, at: string): Incident {
  const current = ladder.units[ladder.turn];
  if (current === undefined || !isUnitDead(state, current)) return state;
  const turn = ladder.turn + 1;
  const passed = { ...ladder, turn };
  const unit = ladder.units[turn];
  const next = { ...state, ladder: passed };
  if (unit?.kind !== 'person') return next;
  const person = ladder.people.find(({ user }) => user === unit.user);
  if (person === undefined) return next;
  const { round, step, waitMs, notes } = ladder;
  return nextTurn(withChain(next, beginChain(next, person, { round, step, at, waitMs, notes })), passed, at);
}

export function redelivered(state: Incident, { at, key }: EventOf<'NotificationRedelivered'>): Incident {
  const letter = state.deadLetters.find((candidate) => candidate.key === key);
  if (letter === undefined) return state;
  const { deadlineAt: _, waitMs, mayHaveArrived: _2, ...notification } = letter;
  const deadlineAt = waitMs === undefined || waitMs === 0 ? undefined : later(at, waitMs);
  const next: Incident = {
    ...state,
    deadLettered: state.deadLettered - 1,
    deadLetters: withoutKey(state.deadLetters, key),
    pending: [...state.pending, { ...notification, ...(deadlineAt !== undefined && { deadlineAt }) }],
  };
  if (notification.kind !== 'page') return next;
  const chain = chainOfPage(state, notification);
  if (chain !== undefined) return replaceChain(next, { ...chain, dead: Math.max(0, chain.dead - 1) });
  return withUnit(next, notification, notification.target.name, 'asked');
}

function withUnit(
  state: Incident,
  place: Place,
  name: string,
  becomes: Extract<Unit, { kind: 'target' }>['state'],
): Incident {
  const { ladder } = state;
  if (ladder === undefined || !isAt(ladder, place)) return state;
  const units = ladder.units.map((unit) =>
    unit.kind === 'target' && unit.target.name === name ? { ...unit, state: becomes } : unit,
  );
  return { ...state, ladder: { ...ladder, units } };
}

function chainOfPage(
  { chains }: Incident,
  page: Place & Pick<PendingNotification, 'target'>,
): Chain | undefined {
  if (page.target.kind !== 'contact') return undefined;
  return chains.find(
    (chain) => isAt(chain, page) && chain.contacts.some(({ target }) => target.name === page.target.name),
  );
}

function replaceChain(state: Incident, chain: Chain): Incident {
  return { ...state, chains: state.chains.map((one) => (one.user === chain.user ? chain : one)) };
}

function withoutKey<N extends { readonly key: string }>(notifications: readonly N[], key: string): N[] {
  return notifications.filter((notification) => notification.key !== key);
}
