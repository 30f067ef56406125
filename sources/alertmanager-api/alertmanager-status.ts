/** The JSON of `GET /api/v2/status`, as the clients of Alertmanager's API check it. */
export interface AlertmanagerStatus {
  readonly cluster: { readonly status: 'disabled'; readonly peers: readonly never[] };
  readonly versionInfo: Readonly<Record<VersionField, string>>;
  readonly config: { readonly original: string };
  readonly uptime: string;
}

type VersionField = 'version' | 'revision' | 'branch' | 'buildUser' | 'buildDate' | 'goVersion';

export interface StatusOptions {
  /** Of tocsin. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
}

/**
 * Says that this is a single Alertmanager without a cluster. All fields are there because its clients, generated from
 * its OpenAPI document, refuse an answer without them; of the configuration nothing is told.
 */
export function alertmanagerStatus({ version, startedAtMs }: StatusOptions): AlertmanagerStatus {
  return {
    cluster: { status: 'disabled', peers: [] },
    versionInfo: {
      version: `tocsin-${version}`,
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    },
    config: { original: '' },
    uptime: new Date(startedAtMs).toISOString(),
  };
}
