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

  /** Alerts that may wait for the database before senders are asked to come back. */
  maxQueuedAlerts: 20_000,
  /** Events of one commit: about 0.6 MB, where the measured latency is still flat. */
  maxBatchEvents: 1_000,
  /** Bytes of events that may wait in one lane's writer. */
  maxQueuedAppendEvents: 50_000,
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

  /** A saga continues as new after this many history events even when the server does not ask. */
  maxHistoryEvents: 3_000,
  /** Rows of one list page. */
  maxPageSize: 200,
  /** Events read at once from one stream or lane. */
  maxReadEvents: 5_000,
} as const;
