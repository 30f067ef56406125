import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { findTemporalBinary } from './temporal-binary.ts';

/** A PATH of which `go` is a script, beside the system's tools, and an empty cache. */
function arrange(dir: string, script: string) {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'go'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'go'), 0o755);
  const lines: string[] = [];
  const env = { PATH: `${bin}:/bin`, XDG_CACHE_HOME: join(dir, 'cache') };
  return { lines, options: { version: '9.9.9', env, print: (line: string) => lines.push(line) } };
}

const writesBinary = 'printf "%s" "$*" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"';

test('builds once with a line that says so, and finds the binary afterwards', async () => {
  using dir = createScratchDir();
  const { lines, options } = arrange(dir.path, writesBinary);
  const file = await findTemporalBinary(options);
  expect(file).toBe(join(dir.path, 'cache', 'tocsin', 'temporal-9.9.9'));
  expect(readFileSync(file, 'utf8')).toBe('install -ldflags -s -w tool');
  expect(lines[0]).toMatch(/building the Temporal dev server 9\.9\.9 .* about three minutes/);
  expect(lines[1]).toMatch(/^built .* in \d+ s$/);
  expect(await findTemporalBinary(options)).toBe(file);
  expect(lines).toHaveLength(2);
});

test('two builds at the same time leave one whole binary', async () => {
  using dir = createScratchDir();
  const { options } = arrange(dir.path, writesBinary);
  await Promise.all([findTemporalBinary(options), findTemporalBinary(options)]);
  expect(readdirSync(join(dir.path, 'cache', 'tocsin'))).toEqual(['temporal-9.9.9']);
});

test('a build that fails says why and leaves nothing behind', async () => {
  using dir = createScratchDir();
  const { options } = arrange(dir.path, 'echo "go: no such module" >&2; exit 1');
  await expect(findTemporalBinary(options)).rejects.toThrow('go: no such module');
  expect(readdirSync(join(dir.path, 'cache', 'tocsin'))).toEqual([]);
});

test('prefers the binary on PATH', async () => {
  using dir = createScratchDir();
  const { options } = arrange(dir.path, 'exit 1');
  const file = join(dir.path, 'bin', 'temporal');
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  expect(await findTemporalBinary(options)).toBe(file);
});
