import { expect, test } from 'vitest';
import { readYaml } from './yaml-document.ts';
import { readYamlInThread } from './yaml-in-thread.ts';

test.each([
  ['a document', 'a: &x [1, "two", ~]\nb: { c: *x }\n'],
  ['variables', `key: "\${KEY}"`],
  ['faults', 'a: 1\na: 2\nb: *nothing'],
  ['no YAML', 'a: "'],
  ['nothing', ''],
])('reads %s as this thread would', async (_, text) => {
  const env = { KEY: 'value', OTHER: undefined };
  expect(await readYamlInThread(text, env)).toEqual(readYaml(text, env));
});
