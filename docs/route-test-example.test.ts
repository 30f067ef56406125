import { afterEach, expect, test, vi } from 'vitest';
import { testRoute } from '../cli/route-test.ts';
import { readRouteTestOptions } from '../cli/route-test-options.ts';
import { loadValid } from '../config/testing/load-fixture.ts';
import { codeBlocksOf, readPage, rootDir } from './markdown-pages.ts';

const blocksOf = (path: string) => codeBlocksOf({ path, text: readPage(path) });

afterEach(() => {
  vi.restoreAllMocks();
});

test('the first command in how-to/test-routes.md prints what the page shows', async () => {
  const [command, output] = blocksOf('docs/how-to/test-routes.md').map(({ code }) => code);
  const [, labels = ''] = /--labels '(.+)'/.exec(command ?? '') ?? [];
  const [, config = ''] = /--config (\S+)/.exec(command ?? '') ?? [];
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
  const secret = 'a-secret-of-sixteen-or-more';
  const env = { PROMETHEUS_KEY: secret, SLACK_TOKEN: `xoxb-${secret}`, ONCALL_SECRET: secret };
  const options = readRouteTestOptions(['--labels', labels, '--config', `${rootDir}/${config}`]);
  expect(await testRoute(options, env)).toBe(0);
  expect(`${printed.join('\n')}\n`).toBe(output);
});

test.each([
  [{ service: 'mysql', severity: 'critical' }, ['database-critical']],
  [{ service: 'mysql' }, ['database']],
  [{ service: 'web', audited: 'yes' }, ['audit']],
  [{ service: 'mysql', audited: 'yes' }, ['audit', 'database']],
  [{}, ['everything']],
])('explanation/routing.md tells the truth about %j', async (labels, expected) => {
  const [routes] = blocksOf('docs/explanation/routing.md').map(({ code }) => code);
  const { router } = await loadValid(`
version: 1
sources: [{ name: prometheus, type: alertmanager, key: a-key-of-sixteen-or-more }]
policies: { default: { steps: [{ notify: [channel:ops], wait: 5m }] } }
channels: { ops: { type: console } }
${routes}`);
  expect(router.route({ tenant: 'default', labels }).map(({ route }) => route)).toEqual(expected);
});
