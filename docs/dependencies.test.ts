import { expect, test } from 'vitest';
import { firstColumnOf, readPage } from './markdown-pages.ts';

test('explanation/dependencies.md gives a reason for each runtime dependency and for nothing else', () => {
  const { dependencies, optionalDependencies } = JSON.parse(readPage('package.json')) as {
    dependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };
  const declared = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
  const told = firstColumnOf(readPage('docs/explanation/dependencies.md'));
  expect(told.toSorted()).toEqual(declared.toSorted());
});
