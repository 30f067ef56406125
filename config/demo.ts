/**
 * What `tocsin up` runs without a `tocsin.yml`: pages are printed in the terminal, and the second one follows after
 * 30 s. `TOCSIN_DEMO_KEY` must be set; `up` makes one.
 */
export const demoConfigText = `version: 1
sources:
  - { name: demo, type: alertmanager, key: "\${TOCSIN_DEMO_KEY}" }
routes:
  - { name: demo, group_by: [alertname], policy: demo }
policies:
  demo:
    steps:
      - { notify: [channel:oncall], wait: 30s }
      - { notify: [channel:backup], wait: 30s }
channels:
  oncall: { type: console }
  backup: { type: console }
`;
