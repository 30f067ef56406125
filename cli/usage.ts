export const usage = `usage: tocsin COMMAND [options]

  up                    run the whole stack on this machine: PostgreSQL, Temporal, server and worker
  server                run the HTTP server: accept, dispatch, commands and queries
  worker                run the workflow and notification worker
  check-config [FILE]   check a configuration file (default: TOCSIN_CONFIG, else tocsin.yml)
  version               print the version
  help                  print this text

options:
  --data-dir DIR        where the local stack keeps its state (default: TOCSIN_DATA_DIR, else .tocsin)
`;
