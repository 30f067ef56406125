import { expect, test } from 'vitest';
import { readRouteTestOptions } from './route-test-options.ts';

test('reads labels as one types matchers', () => {
  expect(
    readRouteTestOptions(['--labels', 'alertname="Disk, full", severity=critical', '-o', 'json']),
  ).toEqual({
    labels: { alertname: 'Disk, full', severity: 'critical' },
    output: 'json',
  });
});

test('reads a payload of a source, and where to ask', () => {
  const args = ['--file', '-', '--source', 'shop', '--server', 'http://127.0.0.1:8080', '--at', '2026-01-05'];
  expect(readRouteTestOptions(args)).toEqual({
    ...{ file: '-', source: 'shop', server: 'http://127.0.0.1:8080', at: '2026-01-05' },
    output: 'text',
  });
});

test.each([
  [[], /either --labels or --file/],
  [['--labels', 'a=b', '--file', 'x'], /either --labels or --file/],
  [['--file', 'x'], /needs the --source/],
  [['--labels', 'a!=b'], /name="value"/],
  [['--labels', 'a=b, a=c'], /twice/],
  [['--labels', '{a'], /brace/],
  [['--labels', 'a=b', '--server', 'http://x', '--config', 'y'], /either --server or --config/],
  [['--labels', 'a=b', '--server', 'ftp://x'], /must be a URL/],
  [['--labels', 'a=b', '--at', 'soon'], /instant/],
  [['--labels', 'a=b', '-o', 'xml'], /text or json/],
  [['--labels', 'a=b', '--wat'], /--wat/],
])('%j is no command line', (args, reason) => {
  expect(() => readRouteTestOptions(args)).toThrow(reason);
});
