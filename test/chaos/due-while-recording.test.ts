import { test } from 'vitest';
import { perform, useStack } from '../support/perform.ts';

/** Waits about as long as a first page takes, so that steps fall due while the saga records something else. */
const waitsMs = [10, 30, 60, 120];
const incidentsEach = 10;

const stack = useStack({
  routes: Object.fromEntries(
    waitsMs.map((waitMs) => [
      `due${waitMs}`,
      {
        steps: [
          { notify: ['ops'], wait: `${waitMs}ms` },
          { notify: ['boss'], wait: '10m' },
        ],
      },
    ]),
  ),
});

test.each(waitsMs)('no step that is due %i ms after the one before is forgotten', (waitMs) =>
  perform(stack(), `due${waitMs}`, async (t) => {
    const alerts = Array.from({ length: incidentsEach }, (_, index) => t.anAlert(`Due${index}`));
    await t.send(alerts);
    const patterns = alerts.map(({ summary }) => new RegExp(`"${summary}"`));
    await t.expectPages('ops', patterns).within(20_000);
    await t.expectPages('boss', patterns).within(20_000);
    await t.send(alerts.map((alert) => ({ ...alert, status: 'resolved' })));
    await t.expectResolvedIncidents(incidentsEach).within(20_000);
  }),
);
