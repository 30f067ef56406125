import { z } from 'zod';
import { compileRoutes } from '../domain/route/route.ts';
import { isRange } from './address-ranges.ts';
import { breathe } from './breathe.ts';
import { buildEscalation } from './build-escalation.ts';
import { buildQuieting } from './build-quieting.ts';
import { buildRate } from './build-rate.ts';
import { buildRoutes } from './build-routes.ts';
import { buildSources } from './build-sources.ts';
import { buildTimeIntervals } from './build-time-intervals.ts';
import { publicUrlFault } from './check-url.ts';
import { durationBounds, readDuration } from './checks.ts';
import type { AdmissionConfig, RetentionConfig, TocsinConfig } from './config.ts';
import { configHashOf } from './config-hash.ts';
import { validPart } from './entries.ts';
import type { Findings } from './findings.ts';
import { lintPeople } from './lint-people.ts';
import { lintPolicies } from './lint-policies.ts';
import { formatListen, type ListenAddress, parseListen } from './listen.ts';
import type { Places } from './places.ts';
import type { SecretReader } from './read-secret.ts';
import { rateSchema } from './schema/fields.ts';
import { admissionSchema, configSchema, retentionSchema } from './schema.ts';
import { warnOfUnused } from './unused.ts';

export interface BuildContext extends SecretReader {
  readonly places: Places;
  /** Whether the schema found nothing wrong. */
  readonly fitsSchema: boolean;
  /** Goes before the document's own. */
  readonly listen?: ListenAddress;
  /** Where the process listens already. */
  readonly running?: ListenAddress;
  /** Epoch milliseconds; absent: schedules are not searched for gaps. */
  readonly lintAtMs?: number;
}

/** Checks what a schema cannot, section by section, as far as each goes. Undefined when it found an error. */
export async function buildConfig(
  document: unknown,
  context: BuildContext,
): Promise<TocsinConfig | undefined> {
  const { findings } = context;
  const written = readListen(document, findings);
  const listen = context.listen ?? written;
  warnOfMove(listen, context);
  const publicUrl = readPublicUrl(document, findings) ?? (listen && `http://${formatListen(listen)}`);
  const outbound = { allowPrivate: readAllowPrivate(document, findings) };
  const sources = await buildSources(document, context);
  const intervals = buildTimeIntervals(document, context);
  const { identities, channels, ...escalation } = await buildEscalation(document, {
    ...context,
    ...outbound,
    document,
    intervals,
  });
  const routes = await buildRoutes(document, { ...context, intervals });
  await breathe();
  const quiet = buildQuieting(document, { ...context, intervals });
  const admission = readAdmission(document);
  const retention = readRetention(document, findings);
  await breathe();
  const isWhole = context.fitsSchema && findings.errors.length === 0;
  if (!isWhole || listen === undefined || publicUrl === undefined) return undefined;
  warnOfUnused(document, escalation, findings);
  lintPolicies(escalation, findings);
  lintPeople(document, escalation, context);
  await breathe();
  const settings = { listen, publicUrl, admission, retention, outbound };
  const content = { ...settings, ...escalation, sources, quiet, timeIntervals: intervals.byName };
  const hash = configHashOf({ ...content, channels: identities, routes });
  await breathe();
  return Object.freeze({ ...content, channels, router: compileRoutes(routes), version: 0, hash });
}

function readAdmission(document: unknown): AdmissionConfig {
  const admission = validPart(
    document,
    'admission',
    admissionSchema.extend({ per_tenant: z.unknown().optional() }),
  );
  const rate = validPart(admission, 'per_tenant', rateSchema);
  return rate === undefined ? {} : { perTenant: buildRate(rate) };
}

function readRetention(document: unknown, findings: Findings): RetentionConfig {
  const text = validPart(document, 'retention', retentionSchema)?.archive_after;
  if (text === undefined) return {};
  const bounds = { findings, ...durationBounds.archiveAfter };
  return { archiveAfterMs: readDuration(text, ['retention', 'archive_after'], bounds) };
}

function readListen(document: unknown, findings: Findings): ListenAddress | undefined {
  const text = validPart(document, 'listen', configSchema.shape.listen);
  const listen = text === undefined ? undefined : parseListen(text);
  if (text !== undefined && listen === undefined)
    findings.error(['listen'], 'must be host:port, such as 127.0.0.1:8080');
  return listen;
}

function warnOfMove(listen: ListenAddress | undefined, { running, findings }: BuildContext): void {
  if (listen === undefined || running === undefined || formatListen(listen) === formatListen(running)) return;
  findings.warnAtKey(['listen'], 'cannot change while the process runs; it does with the next start');
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
