/** Every limit of tocsin with the reason for its number. Sizes are bytes, times milliseconds, unless named otherwise. */
export const limits = {
  /** One request body: Alertmanager's largest groups stay well below it. */
  maxBodyBytes: 1_048_576,
  /** Alerts in one request. */
  maxAlertsPerRequest: 1_000,
  /** Nesting of a JSON body; senders need 6 at most. */
  maxJsonDepth: 32,
  /** Labels, and annotations, of one alert. */
  maxLabels: 64,
  maxLabelNameBytes: 128,
  maxLabelValueBytes: 4_096,
  /** An instant further ahead than this is a sender's clock error, yet no reason to refuse an alert. */
  maxClockAheadMs: 60_000,

  /** Decisions about one alert that other writers may overtake before its sender is asked to come back. */
  maxDecideAttempts: 20,
  /** What an overloaded process asks a sender to wait. */
  overloadedRetryAfterMs: 1_000,
  /** How often an idle process looks for repeats that are due. */
  repeatCheckMs: 1_000,
  /** Events looked back on for an alert's last written number of repeats. */
  maxRepeatLookback: 100,
  /** Alerts that may wait for the database before senders are asked to come back. */
  maxQueuedAlerts: 20_000,
  /** Events of one commit: about 0.6 MB, where the measured latency is still flat. */
  maxBatchEvents: 1_000,
  /** One commit's JSON, where few large events weigh more than many small ones. */
  maxBatchBytes: 4_194_304,
  /** Events that may wait in one lane's writer: about two seconds' worth at its measured ceiling. */
  maxQueuedAppendEvents: 50_000,
  /** The same in bytes of JSON. */
  maxQueuedAppendBytes: 67_108_864,
  /** How long an append may wait for its commit, reconnects included: a sender's own timeout is often 10 s. */
  appendDeadlineMs: 10_000,
  /** After this a commit's connection is taken for dead and its outcome looked up on another one. */
  commitTimeoutMs: 6_000,
  /** The server cancels a statement of a lane after this: some other transaction blocks it. */
  laneStatementTimeoutMs: 5_000,
  /** Tries of one batch when other writers keep winning its streams. */
  maxAppendAttempts: 8,
  /** A lane that somebody else holds for so long is not coming back. */
  laneRetakeMs: 30_000,
  connectTimeoutMs: 3_000,
  /** The longest pause between two attempts to reconnect to the database. */
  maxReconnectDelayMs: 1_000,
  /** One read, the wait for a free connection not included. */
  readTimeoutMs: 10_000,
  /** Connections for reads of one process: PostgreSQL's own default allows 100 in all. */
  maxReadConnections: 10,
  /** Other processes' migrations may take this long before we give up waiting. */
  migrationTimeoutMs: 120_000,
  /** How often a held lock's connection is checked: a half-open one would hide that the lock is gone. */
  lockHeartbeatMs: 5_000,
  /** Repeats are written at most this often per episode. */
  repeatFlushMs: 60_000,
  /** Alerts whose repeats are counted in memory; beyond it the oldest count is written early. */
  maxCountedRepeats: 100_000,

  /** Events that a dispatcher holds in memory; what exceeds it waits in the log. */
  maxPendingDispatch: 20_000,
  /** Signals in flight to Temporal from one process. */
  maxDispatchInFlight: 32,
  /** Alert references in one signal: about 200 KB with samples. */
  maxReferencesPerSignal: 500,
  /** Alerts that a saga keeps whole, and that a page carries. */
  maxSamples: 20,
  /** One sample's labels and annotations; longer annotation values are cut. */
  maxSampleBytes: 8_192,

  /** Attempts of one notification, the first included. */
  maxNotifyAttempts: 5,
  /** The longest a provider may ask us to wait before the next attempt. */
  maxRetryAfterMs: 60_000,
  /** One outgoing request in total: connect, first byte and body. */
  sendTimeoutMs: 10_000,
  maxResponseBytes: 65_536,
  /** Connections to one provider: a slow one must not take them all. */
  maxSocketsPerHost: 32,
  maxOutgoingSockets: 256,
  maxIdleSockets: 8,
  /** Shorter than the 5 s after which common servers close an idle connection. */
  idleSocketMs: 4_000,

  /** Delivered messages of one incident that are still edited; older ones keep what they say. */
  maxPostedMessages: 50,

  /** Resolved incidents of one group whose messages are edited beside the open one; the oldest is let go. */
  maxUnfinished: 5,

  /** Open incidents whose fold a projecting process keeps: a few KB each, up to 170 KB with large samples. */
  maxFoldsInHand: 500,

  maxPolicySteps: 50,
  maxTargetsPerStep: 20,
  maxRepeats: 1_000,
  /** Thirty days: the longest wait of a step. */
  maxWaitMs: 2_592_000_000,
  maxSnoozeMs: 604_800_000,
  maxNoteBytes: 4_096,
  maxActorBytes: 128,
  maxNameBytes: 64,
  /** Longest pattern of a matcher. */
  maxPatternBytes: 1_024,
  /** One matcher's text: a value with every character escaped still fits. */
  maxMatcherLength: 4_096,

  /** A configuration file; a thousand routes take about 200 KB. */
  maxConfigBytes: 1_048_576,
  /** Nesting of a configuration file; the schema needs 6. */
  maxConfigDepth: 16,
  /** Values of a configuration file after its aliases are followed, so that no alias bomb goes off. */
  maxConfigNodes: 100_000,
  /** Sources, routes, policies and channels, each. */
  maxConfigEntries: 1_000,
  /** Problems told of one file; nobody reads more. */
  maxConfigProblems: 100,
  /** A secret read from a file. */
  maxSecretFileBytes: 65_536,
  /** Characters of a source's key and of `TOCSIN_TOKEN`, at least. */
  minKeyLength: 16,
  /** A source's key; it is a part of a path. */
  maxKeyLength: 200,
  /** Secrets that sign one webhook during a rotation. */
  maxWebhookSecrets: 5,
  /** A configured URL. */
  maxUrlLength: 2_048,

  /** A saga continues as new after this many history events even when the server does not ask. */
  maxHistoryEvents: 2_000,
  /** Rows of one list page. */
  maxPageSize: 200,
  /** Events read at once from one stream or lane. */
  maxReadEvents: 5_000,

  /** Views that one process keeps in memory, by number and by size of their JSON, of each of the four kinds. */
  maxCachedViews: 10_000,
  maxCachedBytes: 16_777_216,
  /** A full page of alerts of 2.5 KB each; what is larger is loaded anew rather than pushing out the others. */
  maxCachedViewBytes: 524_288,
  /** How stale a view may be where no invalidation arrives, because Redis is absent or a message was lost. */
  viewTtlMs: 1_000,
  /** In Redis every change raises the version; this bounds staleness where the one who changed it could not reach Redis. */
  sharedViewTtlMs: 10_000,
  /**
   * How old a list, or the attempts in a timeline, may be in both tiers together: no version tells that they changed.
   * Thousands of dashboards so cost two queries a second for each list that they show.
   */
  listTtlMs: 500,
  /** Tenants of which a process remembers when their lists changed; one that is forgotten has `listTtlMs` alone. */
  maxKnownGenerations: 1_000,
  /** Longer than any load: a lease that outlives its holder delays others by no more than `leaseWaitMs`. */
  leaseMs: 5_000,
  /** After this a reader stops waiting for another process's load and does its own. */
  leaseWaitMs: 1_000,
  /** One answer of Redis; beyond it reads go on without. */
  redisTimeoutMs: 100,
  /** The longest pause before a failing Redis is asked again. */
  maxRedisPauseMs: 5_000,

  /** Alert events that wait in memory for their view; what exceeds it is read from the log again. */
  maxPendingAlertViews: 20_000,
  /** Rows of views written at once. */
  maxViewBatch: 1_000,
  /** Streams of one incident's notifications joined into its timeline. */
  maxTimelineDeliveries: 500,
  /** Characters of a search text. */
  maxSearchLength: 256,

  /** One command's body: a note of 4 KiB with every character escaped, and room to spare. */
  maxCommandBytes: 65_536,
  /** One part of a path, such as a source's key; what is longer is nothing of ours. */
  maxPathPartLength: 1_024,
  /** The text to search for in a list. */
  maxQueryTextBytes: 256,
  /** A list's cursor as we make it, with room to grow. */
  maxCursorLength: 1_024,
  /** Open connections to the HTTP server of one process. */
  maxConnections: 1_000,
  /** How long a client may take to send its headers. */
  headersTimeoutMs: 5_000,
  /** How long a client may take to send its whole request. */
  requestTimeoutMs: 10_000,
  /** How often slow clients are looked for; the two above are late by at most this. */
  connectionCheckMs: 1_000,
  /** How long an idle connection is kept for its next request. */
  keepAliveTimeoutMs: 10_000,
  /** An answer is due by then: longer than anything behind it waits by itself. */
  handlerTimeoutMs: 20_000,
  /** On shutdown, requests in flight have this long before their connections are cut. */
  closeGraceMs: 10_000,
  /** One look at a part of the system for `/readyz`, and how long its answer stands. */
  probeTimeoutMs: 2_000,
  probeReuseMs: 500,
} as const;
