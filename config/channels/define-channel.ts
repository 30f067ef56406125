import { z } from 'zod';
import type { ChannelConfig, ChannelDestination } from '../../domain/channel/channel.ts';
import { outgoingUrlFault } from '../check-url.ts';
import type { Checks } from '../checks.ts';
import type { Entry } from '../entries.ts';
import type { Path } from '../problem.ts';
import type { SecretReader } from '../read-secret.ts';

/** What a channel type may use to check its keys, and to tell what it finds. */
export interface ChannelChecks extends SecretReader, Checks {
  readonly allowPrivate: readonly string[];
  /** The whole file, in which accounts that channels share stand under `providers`. */
  readonly document: unknown;
}

export interface BuiltChannel {
  readonly destination: ChannelDestination;
  /**
   * What of it decides whom a page reaches, without any secret: it goes into the configuration's hash, which is stored.
   * A rotated secret must not change it.
   */
  readonly identity: Readonly<Record<string, unknown>>;
}

export interface ChannelDefinition<Fields extends z.ZodRawShape> {
  /** The word under `type`; also the destination's `provider`, which names its task queue. */
  readonly type: ChannelDestination['provider'];
  /** One sentence for the reference. */
  readonly meaning: string;
  readonly fields: Fields;
  /** Whether edits are wanted when `updates` is not written, and what to say of that key. */
  readonly updates: { readonly byDefault: boolean; readonly meaning: string };
  /** What was sent can be taken back. Default: it cannot. */
  readonly undoable?: true;
  /** Checks what a schema cannot and reads secrets. Undefined when it has told what is wrong. */
  build(
    entry: Entry<z.output<z.ZodObject<Fields>>>,
    checks: ChannelChecks,
  ): Promise<BuiltChannel | undefined> | BuiltChannel | undefined;
}

export interface ReadChannel {
  readonly config: ChannelConfig;
  readonly identity: BuiltChannel['identity'];
}

/** A channel type with the types of its fields hidden, as the list of all holds it. */
export interface ChannelType {
  readonly type: ChannelDestination['provider'];
  readonly undoable?: true;
  readonly schema: z.ZodObject;
  /** Undefined for an entry that does not fit the schema, or of which a problem was told. */
  read(entry: Entry<unknown>, checks: ChannelChecks): Promise<ReadChannel | undefined>;
}

/** Makes a channel type of its fields; every type takes `updates` and `on_unknown` besides. */
export function defineChannel<Fields extends z.ZodRawShape>(
  definition: ChannelDefinition<Fields>,
): ChannelType {
  const { type, meaning, fields, updates, undoable } = definition;
  const own = z.object(fields);
  const common = z.object({
    updates: z.boolean().optional().describe(`${updates.meaning} Default: ${updates.byDefault}.`),
    on_unknown: z
      .enum(['resend', 'hold'])
      .default('resend')
      .describe(
        'What to do with a page that may or may not have arrived: send it again, or keep it among the dead letters.',
      ),
  });
  const typed = { type: z.literal(type).describe(meaning) };
  return {
    type,
    ...(undoable && { undoable }),
    schema: z.strictObject({ ...typed, ...fields, ...common.shape }),
    async read({ path, key, value }, checks) {
      const [ownFields, commonFields] = [own.safeParse(value), common.safeParse(value)];
      if (!ownFields.success || !commonFields.success) return undefined;
      const built = await definition.build({ path, key, value: ownFields.data }, checks);
      if (built === undefined) return undefined;
      const told = {
        updates: commonFields.data.updates ?? updates.byDefault,
        onUnknown: commonFields.data.on_unknown,
      };
      return {
        config: { name: key, ...told, ...built.destination },
        identity: { ...told, provider: type, ...built.identity },
      };
    },
  };
}

/** Tells when pages must not go to a URL. */
export function checkOutgoingUrl(url: string, path: Path, { allowPrivate, findings }: ChannelChecks): void {
  const fault = outgoingUrlFault(url, allowPrivate);
  if (fault !== undefined) findings.error(path, fault);
}

/** Tells when a secret cannot stand in a header. */
export function checkHeaderText(text: string, path: Path, { findings }: ChannelChecks): void {
  if (!/^[\x21-\x7e]+$/.test(text)) findings.error(path, 'must be printable ASCII without spaces');
}

/** Where a secret stands: under its own name or as a file. */
export function secretPath(path: Path, field: string, fileValue: string | undefined): Path {
  return [...path, fileValue === undefined ? field : `${field}_file`];
}
