import { z } from 'zod';
import { type Entry, validPart } from '../entries.ts';
import type { Path } from '../problem.ts';
import type { ChannelChecks } from './define-channel.ts';

export interface ProviderDefinition<Fields extends z.ZodRawShape, Account> {
  /** The key under `providers`. */
  readonly name: string;
  /** One sentence for the reference. */
  readonly meaning: string;
  readonly fields: Fields;
  /** Checks what a schema cannot and reads secrets. Undefined when it has told what is wrong. */
  build(
    entry: Entry<z.output<z.ZodObject<Fields>>>,
    checks: ChannelChecks,
  ): Promise<Account | undefined> | Account | undefined;
}

/** An account that channels share, such as `providers.twilio`. */
export interface ProviderSection<Account = unknown> {
  readonly name: string;
  readonly meaning: string;
  readonly schema: z.ZodObject;
  /** Undefined when the file has no such section, or of what is wrong with it was told. Read once for each file. */
  read(checks: ChannelChecks): Promise<Account | undefined>;
  isGiven(checks: ChannelChecks): boolean;
  /** The same as `read`, and tells at `path` when the file has no such section. */
  need(path: Path, checks: ChannelChecks): Promise<Account | undefined>;
}

export function defineProvider<Fields extends z.ZodRawShape, Account>({
  name,
  meaning,
  fields,
  build,
}: ProviderDefinition<Fields, Account>): ProviderSection<Account> {
  const own = z.object(fields);
  const found = new WeakMap<ChannelChecks, Promise<Account | undefined>>();
  const sectionsOf = ({ document }: ChannelChecks) =>
    validPart(document, 'providers', z.record(z.string(), z.unknown())) ?? {};

  async function readNow(checks: ChannelChecks): Promise<Account | undefined> {
    const value = validPart(sectionsOf(checks), name, own);
    return value && build({ path: ['providers', name], key: name, value }, checks);
  }

  const isGiven = (checks: ChannelChecks) => Object.hasOwn(sectionsOf(checks), name);

  function read(checks: ChannelChecks): Promise<Account | undefined> {
    const reading = found.get(checks) ?? readNow(checks);
    found.set(checks, reading);
    return reading;
  }

  return {
    name,
    meaning,
    schema: z.strictObject(fields),
    isGiven,
    read,
    async need(path, checks) {
      if (!isGiven(checks)) checks.findings.error(path, `needs providers.${name}`);
      return read(checks);
    },
  };
}
