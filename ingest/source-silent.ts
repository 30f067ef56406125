import type { HeartbeatConfig } from '../config/config.ts';
import type { Alert } from '../domain/alert/alert.ts';
import { formatDuration } from '../domain/duration.ts';
import { type AlertIdentity, sha256Hex } from '../domain/ids.ts';
import type { SourceKey } from '../store/source-heartbeats.ts';

/** No sender's fingerprint: those are hashes of labels or keys of its own. */
const fingerprint = sha256Hex('tocsin:SourceSilent').slice(0, 16);

/** The alert that tocsin raises in a source's name when the source is not heard. */
export function sourceSilentIdentity({ tenant, source }: SourceKey): AlertIdentity {
  return { tenant, source, fingerprint };
}

/** Whatever a heartbeat's matchers say: this alert must page, it is never a sign of life. */
export function isSourceSilent(identity: Pick<AlertIdentity, 'fingerprint'>): boolean {
  return identity.fingerprint === fingerprint;
}

/** Its texts do not change while it fires, so that every look at the same silence makes the same alert. */
export function sourceSilentAlert(
  { tenant, source, since }: SourceKey & { readonly since: Date },
  { everyMs, severity }: Pick<HeartbeatConfig, 'everyMs' | 'severity'>,
): Alert {
  return {
    ...sourceSilentIdentity({ tenant, source }),
    status: 'firing',
    severity,
    labels: { alertname: 'SourceSilent', source, severity },
    annotations: {
      summary: `source ${source} was not heard for ${formatDuration(everyMs)}`,
      description: `Source ${source} should be heard at least every ${formatDuration(everyMs)}. Its alerts may not reach tocsin: check the sender and the way to here.`,
    },
    startsAt: since.toISOString(),
  };
}
