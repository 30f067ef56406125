import { expect, test } from 'vitest';
import type { SourceConfig } from '../config/config.ts';
import { parseMatchers } from '../domain/matcher/parse-matcher.ts';
import { compileRoutes } from '../domain/route/route.ts';
import { createQuietWorld } from '../domain/suppression/world.ts';
import { anAlert } from './an-alert.ts';
import { createContextOf } from './decide-context.ts';
import { sourceSilentAlert } from './source-silent.ts';

const source: SourceConfig = {
  name: 'prometheus',
  type: 'alertmanager',
  tenant: 'default',
  keyHash: new Uint8Array(32),
  validation: 'lenient',
  resolveTimeoutMs: 300_000,
  processors: [],
  heartbeat: { everyMs: 60_000, severity: 'critical', match: parseMatchers('severity=~".+"') },
};
const route = {
  match: [],
  groupBy: [],
  policy: 'p',
  groupWaitMs: 0,
  continue: false,
  mute: [],
  active: [],
  routes: [],
};

const contextOf = createContextOf({
  config: {
    version: 1,
    router: compileRoutes([{ name: 'all', ...route }]),
    quiet: { inhibit: [], suppress: [], flapping: [] },
    sources: [source],
  },
  world: createQuietWorld(),
  nowMs: Date.UTC(2026, 0, 5),
});

function isQuiet(alert: ReturnType<typeof anAlert>): boolean {
  const { route: routesOf, judge } = contextOf('alert-0');
  const [judged] = judge({ alert, routes: routesOf(alert), flap: undefined, isNew: true });
  return judged?.quiet !== undefined;
}

test('a heartbeat pages nobody, and another source’s alert like it does', () => {
  const labels = { alertname: 'Watchdog', severity: 'critical' };
  expect(isQuiet(anAlert({ labels }))).toBe(true);
  expect(isQuiet(anAlert({ labels, source: 'other' }))).toBe(false);
});

test('that a source is silent is no heartbeat of it, however broad its matchers are', () => {
  const since = new Date('2026-01-05T09:00:00.000Z');
  const alert = sourceSilentAlert(
    { tenant: 'default', source: 'prometheus', since },
    { everyMs: 60_000, severity: 'critical' },
  );
  expect(isQuiet(alert)).toBe(false);
});
