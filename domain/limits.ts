/** Every limit of tocsin with the reason for its number. Sizes are bytes, times milliseconds, unless named otherwise. */
export const limits = {
  /** One request body: Alertmanager's largest groups stay well below it. */
  maxBodyBytes: 1_048_576,
  /** The same of PagerDuty's Events API: its own limit, which its clients keep. */
  maxPagerdutyBodyBytes: 524_288,
  /** Alerts in one request. */
  maxAlertsPerRequest: 1_000,
  /** Nesting of a JSON body; senders need 6 at most. */
  maxJsonDepth: 32,
  /** Labels, and annotations, of one alert. */
  maxLabels: 64,
  maxLabelNameBytes: 128,
  maxLabelValueBytes: 4_096,
  /** Fields of an alert that its format does not name, as JSON. */
  maxExtraBytes: 8_192,
  /** Conversions of one coercive alert that are named on it; the rest is counted as one. */
  maxNamedConversions: 16,
  /** What a sender calls an alert, before it is hashed; PagerDuty allows as much. */
  maxDedupKeyBytes: 255,
  /** A signed request older or newer than this is a replay; senders and receivers advise five minutes. */
  maxSignatureAgeMs: 300_000,
  /** An instant further ahead than this is a sender's clock error, yet no reason to refuse an alert. */
  maxClockAheadMs: 60_000,

  /** Names of alerts that one `outlier` keeps numbers for, and all of its numbers together: 8 MB. */
  maxOutlierSeries: 1_000,
  maxOutlierNumbers: 1_000_000,
  /** Alerts whose last number an `outlier` remembers, so that an unchanged repeat is no new number. */
  maxOutlierAlerts: 50_000,
  /** Fewer numbers than these say nothing of what is usual. */
  minOutlierNumbers: 10,
  /** Combinations of values that one `limit` counts; the one unseen for longest then starts anew. */
  maxLimitKeys: 10_000,
  /** Alerts that one `limit` let through and will not stop at their repeats. */
  maxLimitedAlerts: 100_000,
  /** How full the queue of alerts may be before the first is refused, by severity; what is critical has the rest. */
  admitQueueShare: { info: 0.5, warning: 0.7, error: 0.9 },
  /** How late, smoothed, the event loop may be before the first is refused, by severity. */
  admitLoopLagMs: { info: 500, warning: 1_000, error: 2_000 },
  /** The share of a token bucket that is kept for what is more severe. */
  admitReserve: { info: 0.3, warning: 0.15, error: 0 },
  /** How often the event loop's lag is looked at. */
  loopLagSampleMs: 100,
  /** The longest that a sender beyond its rate is asked to wait; some give up soon after. */
  maxRateRetryAfterMs: 60_000,
  /** How often it is written when sources were heard, and looked whether one is silent. */
  heartbeatTickMs: 1_000,
  /** Looks further apart than this mean that nobody could hear or write: counting begins anew. */
  heartbeatGapMs: 5_000,
  /** What silence is allowed beyond what is configured: hearing is written, and looked at, once a second. */
  heartbeatGraceMs: 3_000,

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
  /** Batches that are decided or committed at once: one in the database, one ready for it. */
  maxBatchesInFlight: 2,
  /** Batches in a row that critical alerts may fill while others wait: these then have every fifth. */
  maxUrgentBatches: 4,
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
  /** How often a server looks whether it still writes alone, or might. */
  loneWriterLookMs: 250,
  /** How long one such look is believed: four of them, so that a busy moment is not yet a doubt. */
  loneWriterTrustMs: 1_000,
  /** How long whoever takes a lane beside a lone writer waits until that one's belief has ended: half as much again. */
  loneWriterGraceMs: 1_500,
  /** Alerts whose newest state a lone server keeps in memory, twice: about 2 KB each. */
  maxRecentHeads: 10_000,
  /** Bits of the filter that says which alerts a lone server has never seen: 16 MiB, one in a hundred wrong at 7 million. */
  streamFilterBits: 134_217_728,
  /** Names of streams read at once to fill it. */
  streamFilterPage: 10_000,
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
  /** A repeat that moves an expiry closer than this is written at once: longer than counted repeats wait, and spare time. */
  expiryMarginMs: 90_000,
  /** Alerts whose repeats are counted in memory; beyond it the oldest count is written early. */
  maxCountedRepeats: 100_000,

  /** How often the holder of the clock looks, and others ask for its lock: what ends must page within 2 s. */
  clockTickMs: 400,
  /** How often closed streams are looked for: what is over by weeks can wait an hour. */
  retentionEveryMs: 3_600_000,
  /** Until the engine is asked again to keep the schedule of that. */
  retentionRetryMs: 30_000,
  /** How often a process learns of silences and inhibiting alerts that others have taken in. */
  quietRefreshMs: 250,
  /** How often a process checks alerts that it takes for inhibiting against the log: far more than views lag behind. */
  inhibitorAuditMs: 5_000,
  /** Within this all processes have taken up new rules: files are looked at once a second. */
  inhibitRulesSpreadMs: 10_000,
  /** Alerts that one look of the clock sends to be decided about; what is left over comes with the next. */
  maxLookAlerts: 2_000,
  /** Right after its start the clock takes no silence of a sender for an end: nobody could be heard while tocsin was down. */
  expiryGraceMs: 90_000,
  /** Events that a dispatcher holds in memory; what exceeds it waits in the log. */
  maxPendingDispatch: 20_000,
  /** Critical alerts that may go ahead of a backlog at once: several times what an engine takes in a second. */
  maxExpressDispatch: 2_000,
  /**
   * Signals in flight to Temporal from one process. What waits, waits here, where the most severe goes first: with 32 the
   * critical incidents of a storm were paged half as fast, and all together no faster.
   */
  maxDispatchInFlight: 4,
  /** Further ones for critical alerts alone. */
  maxCriticalInFlight: 8,
  /** Alert references in one signal: about 200 KB with samples. */
  maxReferencesPerSignal: 500,
  /** Events behind them, where one reference stands for many: 8 bytes each. */
  maxEventsPerSignal: 5_000,
  /** Alerts that a saga keeps whole, and that a page carries. */
  maxSamples: 20,
  /** One sample's labels and annotations; longer annotation values are cut. */
  maxSampleBytes: 8_192,

  /** Attempts of one notification, the first included. */
  maxNotifyAttempts: 5,
  /** The longest a provider may ask us to wait before the next attempt. */
  maxRetryAfterMs: 60_000,
  /** Between two attempts to take a page back, once it has failed often. */
  maxUndoDelayMs: 60_000,
  /** A message whose turn comes later gives its worker's place to others meanwhile: within one run, beside the send. */
  paceHoldMs: 4_000,
  /** Who would have to wait for longer before a slow account is given up for now. */
  maxPaceWaitMs: 600_000,
  /** Notifications of which a process knows their place before a paced account. */
  maxPacePlaces: 10_000,
  /** How long it is known that an attempt was begun at a provider that does not know our key: far longer than any retry waits. */
  idempotencyWindowMs: 3_600_000,
  /** After this a broken provider is tried with one message; after a minute less often. */
  circuitProbeMs: 2_000,
  circuitLateProbeMs: 10_000,
  /** Of this many accounts a process watches how often they answer; the one unused for longest is forgotten. */
  maxCircuits: 1_000,
  /** One outgoing request in total: connect, first byte and body. */
  sendTimeoutMs: 10_000,
  /** To an open connection; a provider that is there answers in well under a second. */
  sendConnectTimeoutMs: 4_000,
  /** From the written request to the head of its answer: providers take up to some seconds when they are busy. */
  sendFirstByteTimeoutMs: 8_000,
  maxResponseBytes: 65_536,
  /** One page of a channel's history: 50 messages with all their blocks. */
  maxSlackHistoryBytes: 1_048_576,
  /** How far back a message is looked for that may have arrived: attempts of one notification end long before. */
  slackLookbackMs: 3_600_000,
  /** How long such a look may take in all: a page that waits for it is late already. */
  slackLookupMs: 2_000,
  /** Presses of Slack's buttons that are carried out at once, each at most a few commands to the engine. */
  maxSlackPresses: 32,
  /** Presses that a process remembers, so that one that Slack delivers twice is one: those of the last minutes. */
  maxKnownPresses: 1_000,
  /** An answer to one presser: it is a courtesy, and Slack takes it at once or not at all. */
  slackReplyTimeoutMs: 5_000,
  /** Connections to one provider: a slow one must not take them all. */
  maxSocketsPerHost: 32,
  maxOutgoingSockets: 256,
  maxIdleSockets: 8,
  /** Shorter than the 5 s after which common servers close an idle connection. */
  idleSocketMs: 4_000,

  /** Dead letters that one request, or one look of the clock, sends again. */
  maxRedelivered: 200,
  maxRedeliveredPerLook: 50,
  /** Dead letters that such a look chooses from. */
  maxWaitingDeadLetters: 500,
  /** While a channel takes nothing, one of its dead letters is tried so often: a page is out within 5 s of its return. */
  minProbeMs: 2_500,
  /** And so often when it has been away for long: a probe costs its saga some events. */
  maxProbeMs: 60_000,
  /** The pause as a share of the time for which the channel has been away, within the two above: 3.6 s after a minute. */
  probeShare: 0.06,
  /** What has been dead for longer is sent again by humans alone, or when something else got through to its channel. */
  maxProbedMs: 21_600_000,
  /** A dead letter whose channel is back is asked for again after this, should nothing have come of it. */
  redeliverRepeatMs: 30_000,
  /** Why a dead letter is discarded. */
  maxReasonBytes: 512,
  /** A test page to one contact: the attempt itself has `sendTimeoutMs`, and the API answers within 15 s. */
  testPageTimeoutMs: 12_000,
  testPageAnswerMs: 15_000,

  /** A step that is overdue by so long, and the one after it as well, was missed because the engine was away. */
  downtimeMs: 5_000,
  /** Dead letters of one incident that can be sent again; the oldest is let go. */
  maxDeadLetters: 50,
  /** Turns of one simulated incident: a thousand rounds of a few steps. */
  maxSimulatedTurns: 20_000,
  /** Steps of one simulation that are told; nobody reads more. */
  maxSimulatedSteps: 1_000,

  /** Delivered messages of one incident that are still edited; older ones keep what they say. */
  maxPostedMessages: 50,

  /**
   * Resolved incidents of one group whose messages are edited, and whose pages are taken back for up to an hour, beside
   * the open one; the oldest is let go.
   */
  maxUnfinished: 20,

  /** Open incidents whose fold a projecting process keeps: a few KB each, up to 170 KB with large samples. */
  maxFoldsInHand: 500,

  /** Layers of a schedule, and turns of one layer: more than any rota has. */
  maxLayers: 20,
  maxLayerUsers: 100,
  /** Overrides that have not ended: one for each person of a large company. */
  maxOverrides: 1_000,
  /** A leap year, as of silences: whoever is away for longer belongs out of the rotation. */
  maxOverrideMs: 31_622_400_000,
  /** How long a worker believes what it read of overrides: one that starts now counts within this. */
  overridesTtlMs: 1_000,
  /** Shifts of one answer, each some tens of microseconds. */
  maxShifts: 1_000,
  /** How far ahead, from now, shifts and gaps are told: a leap year and a day. */
  maxShiftSearchMs: 31_708_800_000,
  maxPolicySteps: 50,
  maxTargetsPerStep: 20,
  /** Branches within branches of a policy: more than anybody follows at night. */
  maxBranchDepth: 3,
  /** Contacts of one user, and rules for one urgency: each is a message. */
  maxContactsPerUser: 20,
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
  /** How far ahead the next change of a time interval is looked for: eight years, so that a leap day is found. */
  maxIntervalSearchMs: 252_460_800_000,
  /** Spans of one time interval that are remembered: the one of now and those that are asked about after it. */
  maxKnownSpans: 8,
  /** Groups whose labels and workflow ids a router remembers: about 10 MB, and hashing them anew costs 3 µs each. */
  maxKnownGroups: 10_000,
  /** Labels of a group that is remembered, and characters of their values together. */
  maxKnownGroupLabels: 8,
  maxKnownGroupLength: 1_024,

  /** Silences of all tenants that have not ended. Alertmanager's users keep some hundreds. */
  maxSilences: 10_000,
  /** How long a process remembers a silence that has ended, so that an older event of it that comes late revives nothing. */
  silenceMemoryMs: 3_600_000,
  /** A leap year: what should be quiet for longer belongs into the configuration. */
  maxSilenceMs: 31_622_400_000,
  /** Text, nesting and matchers of one condition over labels: more than anybody can read. */
  maxExpressionLength: 4_096,
  maxExpressionDepth: 16,
  maxExpressionMatchers: 64,
  /** Values of one pattern such as `a|b|c` that an index keeps apart. */
  maxIndexedValues: 64,
  /** Firing alerts that inhibit others; those beyond it inhibit nobody, which pages rather than hides. About 100 MB. */
  maxInhibitors: 100_000,
  /** Configurations whose rules of inhibition are kept ready: the one in force, and those that decisions still use. */
  maxLiveRuleSets: 4,
  /** How long a place is kept for an alert that waited for it: the clock comes back to it well within that. */
  ratePlaceKeptMs: 3_000,
  /** Combinations of label values that rates are counted for, and what they remember of alerts let through: about 100 MB. */
  maxRateKeys: 10_000,
  maxRateEntries: 500_000,
  /** Routes of tenants that are watched for storms, and groups that are known of each: beyond it the oldest is forgotten. */
  maxStormRoutes: 1_000,
  maxStormGroups: 10_000,
  /** Time intervals that end where another begins, followed to say until when an alert is quiet. */
  maxIntervalHops: 20,

  /** A configuration file; a thousand routes take about 200 KB. */
  maxConfigBytes: 1_048_576,
  /** Nesting of a configuration file; the schema needs 12, and 2 more for each level of nested routes. */
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
  /** Secrets of which any may have signed a sender's request; two are enough for a rotation. */
  maxSignatureSecrets: 5,
  /** Processors of one chain: each costs every alert a little. */
  maxProcessors: 50,
  /** Patterns of one `redact`: each is searched for in every text of an alert. */
  maxRedactPatterns: 20,
  /** Numbers that an `outlier` remembers for each name of an alert: 8 bytes each. */
  maxOutlierWindow: 10_000,
  /** A JSON pointer of a mapping, and one word of a sender's that it translates. */
  maxMappingTextLength: 256,
  /** Alerts that a rate or a threshold may name; far above what any process takes. */
  maxConfiguredAlerts: 1_000_000,
  /** A source that must be heard from more often would be called silent by one slow request. */
  minHeartbeatMs: 5_000,
  /** The longest that an incident may gather alerts before its first page: who needs more wants a `wait`. */
  maxGroupWaitMs: 3_600_000,
  /** Conditions of one time interval, and ranges of one of their lists. */
  maxTimeConditions: 100,
  /** Changes that a rule against flapping counts: each stands in every event of the alert. */
  maxFlapChanges: 100,
  /** Streams that ended less than an hour ago may still be asked for by a late clear. */
  minArchiveAfterMs: 3_600_000,
  /** How often the configuration's files are looked at; a change must be unchanged for one more look. */
  configPollMs: 1_000,
  /** The pause after a reload that failed for lack of the database. */
  configRetryMs: 5_000,

  /** A saga continues as new after this many history events even when the server does not ask. */
  maxHistoryEvents: 2_000,
  /** Rows of one list page. */
  maxPageSize: 200,
  /** Events read at once from one stream or lane. */
  maxReadEvents: 5_000,

  /** Streams looked at for one batch of the archive: a scan of this many rows takes some milliseconds. */
  maxArchiveStreams: 500,
  /** Events moved by one statement: about a quarter of a second, so that ingest hardly notices. */
  maxArchiveEvents: 5_000,
  /** Batches of one run of the archiving workflow, whose history grows by a few events with each. */
  maxArchiveBatches: 200,
  /** Parked events tried again by one request: each may be a signal to the engine, and the answer is due in seconds. */
  maxRetriedEvents: 200,
  /** Incidents folded at once when views are rebuilt: their events are in memory together. */
  maxRebuiltIncidents: 200,
  /** Incidents that one replay remembers to have rebuilt; beyond it some are rebuilt twice. About 10 MB. */
  maxKnownReplayed: 100_000,
  /** How often a replay writes down where it is: what a kill costs is done again in less. */
  replayCheckpointMs: 500,

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

  /** Alert events that wait in memory for their view, two seconds' worth; what exceeds it is read from the log again. */
  maxPendingAlertViews: 50_000,
  /** Rows of views written at once: about 2 MB. */
  maxViewBatch: 2_000,
  /** Streams of one incident's notifications joined into its timeline. */
  maxTimelineDeliveries: 500,
  /** Characters of a search text. */
  maxSearchLength: 256,

  /** One command's body: a note of 4 KiB with every character escaped, and room to spare. */
  maxCommandBytes: 65_536,
  /** Alerts of one payload that `POST /v1/routes/test` explains: more than anybody reads. */
  maxExplainedAlerts: 100,
  /** One part of a path, such as a source's key; what is longer is nothing of ours. */
  maxPathPartLength: 1_024,
  /** The text to search for in a list. */
  maxQueryTextBytes: 256,
  /** A list's cursor as we make it, with room to grow. */
  maxCursorLength: 1_024,
  /** Open connections to the HTTP server of one process. */
  maxConnections: 1_000,
  /** Listening sockets of it: as many new connections are accepted in one turn of the event loop. */
  httpListeners: 16,
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
