export const usage = `usage: tocsin COMMAND [options]

  up                    run the whole stack on this machine: PostgreSQL, Temporal, server and worker
  server                run the HTTP server: accept, dispatch, commands and queries
  worker                run the workflow and notification worker
  check-config [FILE]   check a configuration file (default: TOCSIN_CONFIG, else tocsin.yml)
  route test            say what would become of an alert: its routes, group, quieting, and who is paged
  policy list           list the policies
  policy show NAME      print one, its branches in a row
  policy diff NAME      say what a newer configuration would change for incidents that open under it
  policy simulate NAME  say who would be paged when, if nobody answered
  oncall who, next      say who is on call, or who follows: of all schedules, or of one
  oncall gaps           list when nobody is
  oncall override       put somebody on call for a while: SCHEDULE USER
  oncall overrides      list the overrides of a SCHEDULE
  oncall end ID         end an override
  events parked         list events that were set aside, with their reasons
  events retry          try them again after a fix
  delivery list         list notifications; --state dead: the dead letters
  delivery show KEY     one of them, with each attempt
  delivery redeliver    send dead letters again: KEY…, or --channel, --incident
  delivery discard KEY  say that nobody needs a dead letter any more
  channel test NAME     send a test page to a channel, and say what came of it
  user test NAME        the same to each contact of a user
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

policy list, show, diff, simulate:
  --config FILE         the configuration (default: TOCSIN_CONFIG, else tocsin.yml)
  --server URL          instead: ask a running server, which knows overrides of schedules too
  --from FILE           diff: the newer configuration
  --at INSTANT          simulate: when the incident opens (default: now)
  --until INSTANT       simulate: where to end (default: 30 days later)
  --severity SEVERITY   simulate: of the incident (default: critical)
  --label NAME=VALUE    simulate: of its first alert; as often as needed
  --alerts N            simulate: how many alerts it has (default: 1)
  -o text|json          how to print the answer (default: text)

oncall:
  --at INSTANT          who, next: at another time, such as 2026-01-05T09:00:00Z (default: now)
  --from INSTANT        gaps, override: where it begins (default: now)
  --until INSTANT       gaps, override: where it ends (default of gaps: 30 days later)
  --for DURATION        override: instead of --until, such as 8h
  --by NAME             override, end: who does it (default: USER)
  --server URL          the server to ask (default: http://127.0.0.1:8080; needs TOCSIN_TOKEN or a local stack's)
  -o text|json          how to print the answer (default: text)

events parked, events retry:
  --stream STREAM       only events of this stream
  --consumer NAME       only what ingest, dispatch, alert-views, incident-views or record set aside
  --all                 retry whatever is parked
  --server URL          the server to ask (default: http://127.0.0.1:8080; needs TOCSIN_TOKEN or a local stack's)

delivery, channel test, user test:
  --state STATE         of a list: pending, delivered, dead, discarded, withdrawn or undone
  --incident ID         only notifications of this incident
  --channel NAME        only notifications to this channel, such as ops or user:amy/phone
  --reason TEXT         why a dead letter is discarded
  --urgency high|low    whose contacts a user test reaches (default: high)
  --by NAME             who does it (default: USER)
  --server URL          the server to ask (default: http://127.0.0.1:8080; needs TOCSIN_TOKEN or a local stack's)
  -o text|json          how to print the answer (default: text)

replay:
  --into views|stdout   where to
  --from, --to BOUND    POSITION of every lane, or LANE:POSITION,… of some (default: all that there is now)
  --lane N              only this lane
  --restart             begin anew instead of where an earlier run of the same command stopped

options:
  --data-dir DIR        where the local stack keeps its state (default: TOCSIN_DATA_DIR, else .tocsin)
`;
