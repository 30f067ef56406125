import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScratchDir } from '../test/support/scratch-dir.ts';
import { findPostgresBinaries, minimumPostgresVersion } from './postgres-binaries.ts';

test('finds binaries that are new enough', () => {
  using dir = createScratchDir();
  const { majorVersion } = findPostgresBinaries(join(dir.path, 'none'));
  expect(majorVersion).toBeGreaterThanOrEqual(minimumPostgresVersion);
});

test('opens no cluster with another version than the one that made it', () => {
  using dir = createScratchDir();
  writeFileSync(join(dir.path, 'PG_VERSION'), '9\n');
  expect(() => findPostgresBinaries(dir.path)).toThrow(
    /postgresql 9, which made .* was not found \(found: .*\)/,
  );
});
