import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedPages } from './generate.ts';

test.each([...(await generatedPages())])('%s is what `node docs/generate.ts` writes', async (path, text) => {
  expect(await readFile(new URL(path, import.meta.url), 'utf8')).toBe(text);
});
