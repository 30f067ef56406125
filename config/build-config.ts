import { compileRoutes } from '../domain/route/route.ts';
import { isRange } from './address-ranges.ts';
import { buildChannels } from './build-channels.ts';
import { buildPolicies } from './build-policies.ts';
import { buildRoutes } from './build-routes.ts';
import { buildSources } from './build-sources.ts';
import { publicUrlFault } from './check-url.ts';
import type { TocsinConfig } from './config.ts';
import { configHashOf } from './config-hash.ts';
import { validPart } from './entries.ts';
import type { Findings } from './findings.ts';
import { formatListen, type ListenAddress, parseListen } from './listen.ts';
import type { Places } from './places.ts';
import type { SecretReader } from './read-secret.ts';
import { configSchema } from './schema.ts';
import { warnOfUnused } from './unused.ts';

export interface BuildContext extends SecretReader {
  readonly places: Places;
  /** Goes before the document's own. */
  readonly listen?: ListenAddress;
}

/** Checks what a schema cannot, section by section, as far as each goes. Undefined when it found an error. */
export async function buildConfig(
  document: unknown,
  context: BuildContext,
): Promise<TocsinConfig | undefined> {
  const { findings } = context;
  const written = readListen(document, findings);
  const listen = context.listen ?? written;
  const publicUrl = readPublicUrl(document, findings) ?? (listen && `http://${formatListen(listen)}`);
  const outbound = { allowPrivate: readAllowPrivate(document, findings) };
  const sources = await buildSources(document, context);
  const channels = await buildChannels(document, { ...context, ...outbound });
  const policies = buildPolicies(document, { channels, findings });
  const routes = buildRoutes(document, context);
  warnOfUnused(document, findings);
  const isWhole = configSchema.safeParse(document).success && findings.errors.length === 0;
  if (!isWhole || listen === undefined || publicUrl === undefined) return undefined;
  const content = { listen, publicUrl, sources, router: compileRoutes(routes), policies, channels, outbound };
  return Object.freeze({ ...content, version: 0, hash: configHashOf(content) });
}

function readListen(document: unknown, findings: Findings): ListenAddress | undefined {
  const text = validPart(document, 'listen', configSchema.shape.listen);
  const listen = text === undefined ? undefined : parseListen(text);
  if (text !== undefined && listen === undefined)
    findings.error(['listen'], 'must be host:port, such as 127.0.0.1:8080');
  return listen;
}

function readPublicUrl(document: unknown, findings: Findings): string | undefined {
  const text = validPart(document, 'public_url', configSchema.shape.public_url);
  const fault = text === undefined ? undefined : publicUrlFault(text);
  if (fault !== undefined) findings.error(['public_url'], fault);
  return text?.replace(/\/+$/, '');
}

function readAllowPrivate(document: unknown, findings: Findings): readonly string[] {
  const ranges = validPart(document, 'outbound', configSchema.shape.outbound)?.allow_private ?? [];
  for (const [index, range] of ranges.entries()) {
    if (isRange(range)) continue;
    findings.error(['outbound', 'allow_private', index], 'must be a range of addresses such as 10.0.0.0/8');
  }
  return ranges.filter(isRange);
}
