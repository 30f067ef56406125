import { expect, test } from 'vitest';
import { readPolicyOptions } from './policy-options.ts';

const read = (text: string) => readPolicyOptions(text.split(' '));

test.each([
  ['list', { verb: 'list', output: 'text' }],
  [
    'list --server http://127.0.0.1:8080/ -o json',
    { verb: 'list', output: 'json', server: 'http://127.0.0.1:8080' },
  ],
  ['show p --config a.yml', { verb: 'show', name: 'p', config: 'a.yml', output: 'text' }],
  ['diff p --from b.yml', { verb: 'diff', name: 'p', from: 'b.yml', output: 'text' }],
  ['simulate p', { verb: 'simulate', name: 'p', output: 'text' }],
  [
    'simulate p --at 2026-01-05T10:00:00+01:00 --until 2026-01-06T09:00:00Z --severity info --label a=b --label c=d --alerts 3',
    {
      verb: 'simulate',
      name: 'p',
      output: 'text',
      at: '2026-01-05T09:00:00.000Z',
      until: '2026-01-06T09:00:00.000Z',
      severity: 'info',
      labels: { a: 'b', c: 'd' },
      alerts: 3,
    },
  ],
])('reads policy %s', (text, options) => {
  expect(read(text)).toEqual(options);
});

test.each([
  ['forget p', /four things/],
  ['list p', /takes no name/],
  ['show', /the name of one policy/],
  ['show p q', /the name of one policy/],
  ['show p --at 2026-01-05T09:00:00Z', /Unknown option '--at'/],
  ['diff p', /needs --from/],
  ['list --server http://127.0.0.1 --config a.yml', /either --server or --config/],
  ['list --server 127.0.0.1', /must be a URL/],
  ['list -o yaml', /text or json/],
  ['simulate p --at today', /--at must be an instant/],
  ['simulate p --severity urgent', /--severity must be one of critical/],
  ['simulate p --label a!=b', /--label takes values/],
  ['simulate p --label a=b --label a=c', /--label names a label twice/],
  ['simulate p --alerts 0', /--alerts must be/],
])('refuses policy %s', (text, reason) => {
  expect(() => read(text)).toThrow(reason);
});
