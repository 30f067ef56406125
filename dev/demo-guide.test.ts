import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { demoGuide } from './demo-guide.ts';

test('the printed command posts an Alertmanager notification that starts now', () => {
  const [, command = ''] = demoGuide({
    apiUrl: 'http://127.0.0.1:8080',
    demoKey: 'demo_key',
    tokenExpression: 'x',
  });
  const script = `curl() { for last; do :; done; printf '%s' "$last"; }\n${command}`;
  const body = JSON.parse(execFileSync('sh', ['-c', script], { encoding: 'utf8' })) as {
    version: string;
    alerts: { startsAt: string; status: string }[];
  };
  expect(body.version).toBe('4');
  const age = Date.now() - Date.parse(body.alerts[0]?.startsAt ?? '');
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(60_000);
});

test('no printed command holds the token itself', () => {
  const guide = demoGuide({ apiUrl: 'http://x', demoKey: 'k', tokenExpression: '$(cat .tocsin/token)' }).join(
    '\n',
  );
  expect(guide.match(/Bearer \$\(cat \.tocsin\/token\)/g)).toHaveLength(3);
});
