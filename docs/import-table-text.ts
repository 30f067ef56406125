import { type ImportRow, importTable } from '../dev/import-table.ts';
import { markdownTable } from './markdown-table.ts';

/** The import table as it stands in ARCHITECTURE.md. */
export function importTableText(): string {
  const rows = [...importTable].map(([folder, row]) => [`\`${folder}/\``, importsOf(row), limitsOf(row)]);
  return markdownTable(['folder', 'may import', 'limits'], rows);
}

function importsOf({ imports, types = [] }: ImportRow): string {
  const all = [...imports, ...types.map((folder) => `types of ${folder}`)];
  return all.length === 0 ? 'nothing of ours' : all.join(', ');
}

function limitsOf({ packages, node }: ImportRow): string {
  const parts = packages === undefined ? [] : [`packages: ${packages.join(', ')}`];
  return [...parts, ...(node === false ? ['nothing of Node'] : [])].join('; ');
}
