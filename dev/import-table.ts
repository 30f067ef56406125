/** One row of the import table of ARCHITECTURE.md: what the files of a folder may import beside their own folder. */
export interface ImportRow {
  /** Folders, or single files of ours. */
  readonly imports: readonly string[];
  /** Folders of which only types. */
  readonly types?: readonly string[];
  /** npm packages; without it every declared dependency. */
  readonly packages?: readonly string[];
  /** Modules of Node; allowed unless false. */
  readonly node?: boolean;
}

const underWorkers = [
  ...['domain', 'config', 'telemetry', 'store', 'sources', 'ingest', 'client', 'dispatch'],
  ...['workflows', 'activities', 'notifiers', 'views'],
];

const underApi = [
  ...['domain', 'config', 'ingest', 'dispatch', 'client', 'views', 'store', 'telemetry'],
  ...['notifiers/http/guarded-clients.ts', 'notifiers/slack/slack-replies.ts'],
];

export const importTable: ReadonlyMap<string, ImportRow> = new Map<string, ImportRow>([
  ['domain', { imports: [], packages: ['re2js', '@noble/hashes', 'zod', 'temporal-polyfill'], node: false }],
  ['config', { imports: ['domain'] }],
  ['telemetry', { imports: ['domain'] }],
  ['store', { imports: ['domain', 'telemetry'] }],
  ['sources', { imports: ['domain'] }],
  ['ingest', { imports: ['domain', 'config', 'store', 'sources', 'telemetry'] }],
  ['client', { imports: ['domain'], types: ['workflows'] }],
  ['dispatch', { imports: ['domain', 'config', 'store', 'client', 'telemetry'] }],
  [
    'workflows',
    {
      imports: ['domain'],
      types: ['activities'],
      packages: ['@temporalio/workflow', '@temporalio/common'],
      node: false,
    },
  ],
  ['activities', { imports: ['domain', 'store', 'views', 'telemetry'] }],
  ['notifiers', { imports: ['domain', 'telemetry'] }],
  ['views', { imports: ['domain', 'store', 'telemetry'] }],
  ['workers', { imports: underWorkers }],
  ['api', { imports: underApi }],
  ['dashboard', { imports: [] }],
  [
    'cli',
    {
      imports: [
        'domain',
        'config',
        'dev',
        'api/server.ts',
        'workers/worker.ts',
        'workers/replay.ts',
        'ingest/route-explainer.ts',
      ],
    },
  ],
  ['dev', { imports: ['config', 'telemetry'] }],
]);

/** They drive the whole from outside and may import anything. */
export const freeFolders: ReadonlySet<string> = new Set(['test', 'bench', 'docs', 'examples']);
