import { z } from 'zod';
import type { ContactRule, User } from '../domain/people/people.ts';
import type { Urgency } from '../domain/policy/policy.ts';
import { readChannel, toTarget } from './build-channels.ts';
import type { ChannelChecks, ReadChannel } from './channels/define-channel.ts';
import { timeZoneFault } from './check-time-zone.ts';
import { durationBounds, readDuration } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Entry, rawEntries, validEntries, validPart } from './entries.ts';
import { contactRuleSchema, userSchema } from './schema/users.ts';

const anyRules = z.looseObject({ high: z.unknown().optional(), low: z.unknown().optional() });

export interface People {
  /** Also of users with a fault: that is told by itself. */
  readonly names: ReadonlySet<string>;
  readonly users: ReadonlyMap<string, User>;
  /** Their contacts, named `user:amy/phone`. */
  readonly contacts: ReadonlyMap<string, ReadChannel>;
}

type Person = Entry<unknown>;

/** The users with their contacts as far as they are whole; what is wrong with the others is told. */
export async function buildUsers(document: unknown, checks: ChannelChecks): Promise<People> {
  const entries = rawEntries(document, 'users');
  const users = new Map<string, User>();
  const contacts = new Map<string, ReadChannel>();
  for (const entry of entries) {
    const own = await readContacts(entry, checks);
    for (const contact of own.values()) contacts.set(contact.config.name, contact);
    users.set(entry.key, buildUser(entry, own, checks));
  }
  return { names: new Set(entries.map(({ key }) => key)), users, contacts };
}

function buildUser(entry: Person, contacts: ReadonlyMap<string, ReadChannel>, checks: ChannelChecks): User {
  const { path, key: name, value } = entry;
  const timeZone = validPart(value, 'timezone', userSchema.shape.timezone) ?? 'UTC';
  const fault = timeZoneFault(timeZone);
  if (fault !== undefined) checks.findings.error([...path, 'timezone'], fault);
  const targets = [...contacts].map(
    ([contact, { config }]) => [contact, toTarget('contact', config)] as const,
  );
  return { name, timeZone, contacts: new Map(targets), rules: readRules(entry, checks) };
}

async function readContacts(
  { path, key: user, value }: Person,
  checks: ChannelChecks,
): Promise<ReadonlyMap<string, ReadChannel>> {
  const contacts = new Map<string, ReadChannel>();
  for (const entry of rawEntries(value, 'contacts')) {
    const named = { ...entry, path: [...path, ...entry.path], key: `user:${user}/${entry.key}` };
    const contact = await readChannel(named, checks);
    if (contact !== undefined) contacts.set(entry.key, contact);
  }
  return contacts;
}

/** What is said of one urgency only holds for both. */
function readRules(user: Person, checks: ChannelChecks): User['rules'] {
  const high = readRulesOf('high', user, checks);
  const low = readRulesOf('low', user, checks);
  return { high: high ?? low ?? [], low: low ?? high ?? [] };
}

function readRulesOf(
  urgency: Urgency,
  { path, value: user }: Person,
  { findings }: ChannelChecks,
): readonly ContactRule[] | undefined {
  const known = rawEntries(user, 'contacts').map(({ key }) => key);
  const parent = validPart(user, 'rules', anyRules);
  if (parent?.[urgency] === undefined) return undefined;
  const seen = new Set<string>();
  const rules = validEntries(parent, urgency, contactRuleSchema).map(({ path: place, value }) => {
    const { contact, after } = value;
    const at = [...path, 'rules', ...place];
    if (!known.includes(contact)) {
      const hint = didYouMean(contact, known);
      findings.error([...at, 'contact'], `this user has no contact of this name${hint}`);
    }
    if (seen.has(contact)) findings.error([...at, 'contact'], 'is listed twice');
    seen.add(contact);
    const bounds = { findings, ...durationBounds.contactAfter };
    return { contact, afterMs: readDuration(after, [...at, 'after'], bounds) };
  });
  return rules.sort((a, b) => a.afterMs - b.afterMs);
}
