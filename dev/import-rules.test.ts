import { expect, test } from 'vitest';
import { checkImports } from './import-rules.ts';
import { scanComputedImports, scanImports } from './import-scan.ts';

const others = {
  'domain/alert/alert.ts': '',
  'config/load.ts': '',
  'store/event-log.ts': '',
  'activities/activities.ts': '',
  'workflows/index.ts': '',
  'api/server.ts': '',
};

function reasons(file: string, source: string): string[] {
  return checkImports({
    files: new Map(Object.entries({ ...others, [file]: source })),
    dependencies: new Set(['zod', 'pg', '@temporalio/workflow', '@temporalio/client']),
    devDependencies: new Set(['vitest']),
  }).map(({ file: where, line, reason }) => `${where}:${line}: ${reason}`);
}

test.each([
  ['a value', "import { x } from '../config/load.ts';"],
  ['a type', "import type { X } from '../config/load.ts';"],
  ['a side effect', "import '../config/load.ts';"],
  ['everything', "import * as load from '../config/load.ts';"],
  ['a re-export', "export { x } from '../config/load.ts';"],
  ['a re-exported type', "export type { X } from '../config/load.ts';"],
  ['a dynamic import', "const x = await import('../config/load.ts');"],
  ['a type in place', "let x: import('../config/load.ts').X;"],
  ['many lines', "import {\n  a,\n  type B,\n} from '../config/load.ts';"],
])('refuses %s from a folder that the table does not allow', (_, source) => {
  expect(reasons('store/lane.ts', source)).toEqual(['store/lane.ts:1: store/ may not import config/']);
});

test('allows what the table allows', () => {
  expect(
    reasons('store/lane.ts', "import { Client } from 'pg';\nimport { A } from '../domain/alert/alert.ts';"),
  ).toEqual([]);
});

test('workflows may import types of activities, and nothing of Node', () => {
  const file = 'workflows/escalation.ts';
  expect(reasons(file, "import type { A } from '../activities/activities.ts';")).toEqual([]);
  expect(reasons(file, "import { type A } from '../activities/activities.ts';")).toEqual([
    `${file}:1: workflows/ may only import types of activities/`,
  ]);
  expect(reasons(file, "import { x } from 'node:fs';")).toEqual([
    `${file}:1: workflows/ may not import node:fs`,
  ]);
  expect(reasons(file, "import { z } from 'zod';")).toEqual([`${file}:1: workflows/ may not import zod`]);
});

test('the domain imports neither Node nor packages that it was not given', () => {
  expect(reasons('domain/x.ts', "import { randomUUID } from 'node:crypto';")).toHaveLength(1);
  expect(reasons('domain/x.ts', "import type { Client } from 'pg';")).toHaveLength(1);
});

test('cli reaches the two entries and nothing else of their folders', () => {
  expect(reasons('cli/main.ts', "const { runServer } = await import('../api/server.ts');")).toEqual([]);
  expect(reasons('cli/main.ts', "import { x } from '../api/app.ts';")).toEqual([
    'cli/main.ts:1: cli/ may not import api/',
  ]);
});

test('a package has to be declared, and a development one stays in the tests', () => {
  const lodash = "import { x } from 'lodash';";
  expect(reasons('store/lane.ts', lodash)).toEqual(['store/lane.ts:1: package.json does not declare lodash']);
  const vitest = "import { test } from 'vitest';";
  expect(reasons('store/lane.ts', vitest)).toEqual(['store/lane.ts:1: vitest is a development dependency']);
  expect(reasons('store/lane.test.ts', vitest)).toEqual([]);
});

test('a folder without a row is refused', () => {
  expect(reasons('util/x.ts', "import { A } from '../domain/alert/alert.ts';")).toEqual([
    'util/x.ts:1: the import table has no row for util/',
  ]);
});

test('finds circles, also of types', () => {
  const files = new Map([
    ['store/a.ts', "import { b } from './b.ts';"],
    ['store/b.ts', "import type { C } from './c.ts';"],
    ['store/c.ts', "import { a } from './a.ts';"],
  ]);
  const findings = checkImports({ files, dependencies: new Set(), devDependencies: new Set() });
  expect(findings.map(({ reason }) => reason)).toEqual([
    'a circle: store/a.ts -> store/b.ts -> store/c.ts -> store/a.ts',
  ]);
});

test('overlooks comments and reports computed imports', () => {
  expect(scanImports("// import { x } from './x.ts';\n/**\n * import('./y.ts')\n */\n")).toEqual([]);
  expect(scanComputedImports('const name = x;\nawait import(name);')).toEqual([2]);
});
