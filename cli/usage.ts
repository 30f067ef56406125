export const usage = `usage: tocsin COMMAND [options]

  up                    run the whole stack on this machine: PostgreSQL, Temporal, server and worker
  server                run the HTTP server: accept, dispatch, commands and queries
  worker                run the workflow and notification worker
  check-config [FILE]   check a configuration file (default: TOCSIN_CONFIG, else tocsin.yml)
  route test            say what would become of an alert: its routes, group, quieting, and who is paged
  events parked         list events that were set aside, with their reasons
  events retry          try them again after a fix
  replay                stream the event log into the views, or as JSON lines to standard output
  version               print the version
  help                  print this text

route test:
  --labels TEXT         of the alert: 'alertname="Down", severity="critical"'
  --file FILE           instead: a request's body as its source sends it (- reads standard input)
  --source NAME         the source that it comes from; its processors apply
  --config FILE         the configuration (default: TOCSIN_CONFIG, else tocsin.yml)
  --server URL          instead: ask a running server, which knows silences too (needs TOCSIN_TOKEN)
  --at INSTANT          when it would come, such as 2026-01-05T09:00:00Z (default: now)
  -o text|json          how to print the answer (default: text)

events parked, events retry:
  --stream STREAM       only events of this stream
  --consumer NAME       only what ingest, dispatch, alert-views, incident-views or record set aside
  --all                 retry whatever is parked
  --server URL          the server to ask (default: http://127.0.0.1:8080; needs TOCSIN_TOKEN or a local stack's)

replay:
  --into views|stdout   where to
  --from, --to BOUND    POSITION of every lane, or LANE:POSITION,… of some (default: all that there is now)
  --lane N              only this lane
  --restart             begin anew instead of where an earlier run of the same command stopped

options:
  --data-dir DIR        where the local stack keeps its state (default: TOCSIN_DATA_DIR, else .tocsin)
`;
