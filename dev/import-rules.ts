import { posix } from 'node:path';
import { type FoundImport, scanComputedImports, scanImports } from './import-scan.ts';
import { freeFolders, type ImportRow, importTable } from './import-table.ts';

export interface ImportFinding {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface CheckImportsOptions {
  /** Paths from the root, with `/`, and what is in them. */
  readonly files: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

/** Holds the code to the import table, to the declared dependencies and to the absence of cycles. */
export function checkImports(options: CheckImportsOptions): ImportFinding[] {
  const graph = new Map<string, string[]>();
  const findings: ImportFinding[] = [];
  for (const [file, source] of options.files) {
    if (isFree(file)) continue;
    const imports = scanImports(source);
    graph.set(
      file,
      imports.filter(isRelative).map((found) => target(file, found)),
    );
    const judge = judgeFor(file, options);
    for (const found of imports) {
      const reason = judge(found);
      if (reason !== undefined) findings.push({ file, line: found.line, reason });
    }
    for (const line of scanComputedImports(source))
      findings.push({ file, line, reason: 'a computed import cannot be checked' });
  }
  return [...findings, ...findCycles(graph)];
}

type Judge = (found: FoundImport) => string | undefined;

function judgeFor(file: string, options: CheckImportsOptions): Judge {
  const folder = topFolder(file);
  const row = importTable.get(folder);
  if (row === undefined) return () => `the import table has no row for ${folder}/`;
  return (found) => {
    if (found.specifier.startsWith('node:'))
      return row.node === false ? `${folder}/ may not import ${found.specifier}` : undefined;
    if (!isRelative(found)) return judgePackage(found, row, { folder, ...options });
    return judgeFolder(folder, { to: target(file, found), row, isType: found.isType });
  };
}

function judgeFolder(
  folder: string,
  { to, row, isType }: { readonly to: string; readonly row: ImportRow; readonly isType: boolean },
): string | undefined {
  const target = topFolder(to);
  if (target === folder || row.imports.includes(target) || row.imports.includes(to)) return undefined;
  if (row.types?.includes(target) === true)
    return isType ? undefined : `${folder}/ may only import types of ${target}/`;
  return `${folder}/ may not import ${target}/`;
}

function judgePackage(
  { specifier, isType }: FoundImport,
  row: ImportRow,
  { folder, dependencies, devDependencies }: CheckImportsOptions & { readonly folder: string },
): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (row.packages !== undefined && !row.packages.includes(name)) return `${folder}/ may not import ${name}`;
  if (dependencies.has(name)) return undefined;
  if (devDependencies.has(name)) return isType ? undefined : `${name} is a development dependency`;
  return `package.json does not declare ${name}`;
}

/** Tests, and the suites and fakes that only tests import. */
function isFree(file: string): boolean {
  return (
    freeFolders.has(topFolder(file)) ||
    !file.includes('/') ||
    /\.test\.ts$|(?:^|\/)(?:contract|specification)\.ts$|\/testing\//.test(file)
  );
}

function findCycles(graph: ReadonlyMap<string, readonly string[]>): ImportFinding[] {
  const done = new Set<string>();
  const path: string[] = [];
  const findings: ImportFinding[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      findings.push({ file, line: 1, reason: `a circle: ${[...path.slice(start), file].join(' -> ')}` });
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return findings;
}

function isRelative({ specifier }: FoundImport): boolean {
  return specifier.startsWith('.');
}

function target(file: string, { specifier }: FoundImport): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

function topFolder(file: string): string {
  return file.split('/')[0] ?? '';
}
