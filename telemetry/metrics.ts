import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricsOptions {
  /** Node's own process metrics; off in unit tests, where many registries live in one process. */
  readonly processMetrics?: boolean;
}

export type Metrics = ReturnType<typeof createMetrics>;

const fastSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const slowSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

/** Every metric of tocsin. Labels are bounded: never an alert, an incident or anything that a sender chooses. */
export function createMetrics(options: MetricsOptions = {}) {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames: [...labelNames], buckets, registers });

  return {
    registry,
    alertsAccepted: counter('tocsin_alerts_accepted_total', 'Alerts committed to the event log.', ['source']),
    alertsDuplicate: counter('tocsin_alerts_duplicate_total', 'Unchanged repeats of alerts.', ['source']),
    alertsDropped: counter('tocsin_alerts_dropped_total', 'Alerts that came too late to matter.', [
      'source',
      'reason',
    ]),
    alertsRejected: counter('tocsin_alerts_rejected_total', 'Alerts and requests refused.', [
      'source',
      'reason',
    ]),
    admissionRefused: counter(
      'tocsin_admission_refused_total',
      'Alerts of requests that were refused for now, by the most severe of each request.',
      ['source', 'severity', 'reason'],
    ),
    redactions: counter(
      'tocsin_redactions_total',
      'Texts that were made unreadable before they were stored.',
      ['source', 'kind'],
    ),
    sourcesSilent: gauge(
      'tocsin_sources_silent',
      'Sources that were not heard for longer than they may be.',
      [],
    ),
    alertsTruncated: counter('tocsin_alerts_truncated_total', 'Alerts that a sender said it left out.', [
      'source',
    ]),
    repeatsUncounted: counter(
      'tocsin_repeats_uncounted_total',
      'Repeats whose count could not be written.',
      [],
    ),
    acceptSeconds: histogram(
      'tocsin_accept_seconds',
      'From the request to its durable answer.',
      ['source'],
      fastSeconds,
    ),
    ingestQueued: gauge('tocsin_ingest_queued_alerts', 'Alerts waiting for the database.', []),
    appendSeconds: histogram('tocsin_append_seconds', 'One commit of the event log.', ['path'], fastSeconds),
    appendEvents: histogram(
      'tocsin_append_batch_events',
      'Events in one commit.',
      ['path'],
      [1, 2, 5, 10, 50, 100, 500, 1_000],
    ),
    eventsParked: counter('tocsin_events_parked_total', 'Events set aside because they could not be used.', [
      'consumer',
    ]),
    eventsParkedNow: gauge(
      'tocsin_events_parked',
      'Events that are set aside now, until they are tried again.',
      ['consumer'],
    ),
    eventsArchived: counter(
      'tocsin_events_archived_total',
      'Events of closed streams moved to the archive.',
      ['kind'],
    ),
    clocksAhead: counter(
      'tocsin_clocks_ahead_total',
      'Readings of other processes too far ahead of the own clock to follow.',
      [],
    ),
    dispatchBacklog: gauge(
      'tocsin_dispatch_backlog_events',
      'Committed events not yet handed to Temporal.',
      [],
    ),
    dispatchOldestSeconds: gauge(
      'tocsin_dispatch_oldest_seconds',
      'Age of the oldest event not yet handed to Temporal.',
      [],
    ),
    dispatchSignals: counter('tocsin_dispatch_signals_total', 'Signals handed to Temporal.', ['outcome']),
    incidentsOpen: gauge('tocsin_incidents_open', 'Incidents that are not resolved, by state.', ['state']),
    pageSeconds: histogram(
      'tocsin_page_seconds',
      "From accepting an alert to the provider's acceptance of its first page.",
      ['provider'],
      slowSeconds,
    ),
    stepLatenessSeconds: histogram(
      'tocsin_step_lateness_seconds',
      'How much later than due a step began.',
      [],
      slowSeconds,
    ),
    deliveries: counter('tocsin_deliveries_total', 'Attempts of notifications.', ['provider', 'outcome']),
    deliverySeconds: histogram(
      'tocsin_delivery_seconds',
      'One attempt at a provider.',
      ['provider'],
      fastSeconds,
    ),
    unknownOutcomes: counter(
      'tocsin_notifications_unknown_outcome_total',
      'Attempts of which nobody knows whether the provider took them.',
      ['provider'],
    ),
    deadLetters: counter('tocsin_dead_letters_total', 'Notifications given up, by reason.', [
      'provider',
      'reason',
    ]),
    undoFailed: counter(
      'tocsin_undo_failed_total',
      'Pages that could not be taken back: somebody must look.',
      ['provider'],
    ),
    circuitState: gauge(
      'tocsin_circuit_state',
      'Of a provider account: 0 closed, 1 tried with one message, 2 open.',
      ['provider', 'account'],
    ),
    circuitTransitions: counter('tocsin_circuit_transitions_total', 'Changes of that state.', [
      'provider',
      'account',
      'to',
    ]),
    paceWaitSeconds: histogram(
      'tocsin_pace_wait_seconds',
      'How long a message waited in a worker for its turn at a paced account.',
      ['provider'],
      fastSeconds,
    ),
    slackPresses: counter('tocsin_slack_presses_total', "Buttons pressed in Slack's messages.", [
      'action',
      'outcome',
    ]),
    deadLettersNow: gauge('tocsin_dead_letters', 'Notifications that are given up and not discarded now.', [
      'provider',
    ]),
    cacheReads: counter('tocsin_cache_reads_total', 'Reads of views by the tier that answered.', [
      'view',
      'tier',
    ]),
    cacheLoads: counter('tocsin_cache_loads_total', 'Reads of views that went to PostgreSQL.', ['view']),
    cacheErrors: counter('tocsin_cache_errors_total', 'Failures of Redis, each answered without it.', [
      'operation',
    ]),
    projectionLagSeconds: histogram(
      'tocsin_projection_lag_seconds',
      'From recording an event to its view.',
      ['view'],
      slowSeconds,
    ),
    configReloads: counter('tocsin_config_reloads_total', 'Attempts to reload the configuration.', [
      'outcome',
    ]),
    configReloadSeconds: histogram(
      'tocsin_config_reload_seconds',
      'From reading changed configuration files to deciding by them.',
      [],
      fastSeconds,
    ),
    configVersion: gauge('tocsin_config_version', 'The version of the configuration in force.', []),
    configInForce: gauge(
      'tocsin_config_in_force',
      '1 while what runs is what the configuration files say, 0 while they cannot be used.',
      [],
    ),
    httpSeconds: histogram(
      'tocsin_http_request_seconds',
      'HTTP requests.',
      ['route', 'method', 'status'],
      fastSeconds,
    ),
  };
}
