import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const rootDir = fileURLToPath(new URL('..', import.meta.url));

/** A page for readers, by its path from the root. */
export interface MarkdownPage {
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  /** `page:line` of the fence, for messages of failing tests. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
}

export function readPages(): MarkdownPage[] {
  const paths = globSync(['*.md', 'docs/**/*.md'], { cwd: rootDir }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return paths.sort().map((path) => ({ path, text: readFileSync(`${rootDir}/${path}`, 'utf8') }));
}

export function readPage(path: string): string {
  return readFileSync(`${rootDir}/${path}`, 'utf8');
}

export function codeBlocksOf({ path, text }: MarkdownPage): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    place: `${path}:${text.slice(0, index).split('\n').length}`,
    language,
    code,
  }));
}

/** Targets of links, without those to other sites. */
export function localLinksOf({ text }: MarkdownPage): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(({ 1: target = '' }) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page's headings, as code forges make them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(({ 1: heading = '' }) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** The names in the first column of a page's tables. */
export function firstColumnOf(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(({ 1: name = '' }) => name);
}
