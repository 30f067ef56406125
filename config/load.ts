import { limits } from '../domain/limits.ts';
import { buildConfig } from './build-config.ts';
import type { TocsinConfig } from './config.ts';
import { createFindings } from './findings.ts';
import type { ListenAddress } from './listen.ts';
import type { Places } from './places.ts';
import { type ConfigProblem, type Finding, formatPath } from './problem.ts';
import { readFault } from './read-secret.ts';
import { readTextFile } from './read-text-file.ts';
import { configSchema } from './schema.ts';
import { schemaFindings } from './schema-findings.ts';
import type { Environment } from './substitute.ts';
import { readYaml, type YamlDocument } from './yaml-document.ts';

export type LoadResult =
  | { readonly ok: true; readonly config: TocsinConfig; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface LoadOptions {
  readonly text: string;
  /** Shown in problems; `*_file` paths are relative to its folder. */
  readonly file: string;
  readonly env: Environment;
  /** Reads a `*_file`; rejects with a `code` as node:fs does. */
  readonly readFile: (path: string) => Promise<string>;
  /** Goes before the document's own `listen`. */
  readonly listen?: ListenAddress;
}

/** Parses and validates a configuration; all problems are told at once, by line. Never throws for what the text holds. */
export async function loadConfigText({
  text,
  file,
  env,
  readFile,
  listen,
}: LoadOptions): Promise<LoadResult> {
  const document = readYaml(text, env);
  const { value, places } = document;
  const findings = createFindings();
  if (value === undefined) return failure(file, yamlProblems(file, document));
  const parsed = configSchema.safeParse(value);
  const schemaErrors = parsed.success ? [] : schemaFindings(value, parsed.error.issues);
  const built = await buildConfig(value, {
    file,
    readFile,
    findings,
    places,
    ...(listen !== undefined && { listen }),
  });
  const problems = [
    ...yamlProblems(file, document),
    ...[...schemaErrors, ...findings.errors].map((finding) => toProblem(file, finding, places)),
  ];
  if (problems.length > 0 || built === undefined) return failure(file, problems);
  const warnings = findings.warnings.map((finding) => toProblem(file, finding, places));
  return { ok: true, config: built, warnings: tidy(warnings) };
}

/** The same for a file on disk; a file that cannot be read is a problem too. */
export async function loadConfigFile(
  path: string,
  env: Environment,
  instead: Pick<LoadOptions, 'listen'> = {},
): Promise<LoadResult> {
  const readFile = (name: string) => readTextFile(name, limits.maxSecretFileBytes);
  let text: string;
  try {
    text = await readTextFile(path, limits.maxConfigBytes);
  } catch (error) {
    const reason = `the file cannot be read: ${readFault(error)}`;
    return { ok: false, problems: [{ file: path, line: 0, column: 0, path: '', reason }] };
  }
  return loadConfigText({ text, file: path, env, readFile, ...instead });
}

function failure(file: string, problems: readonly ConfigProblem[]): LoadResult {
  const tidied = tidy(problems);
  const left = tidied.length - limits.maxConfigProblems;
  if (left <= 0) return { ok: false, problems: tidied };
  const shown = tidied.slice(0, limits.maxConfigProblems);
  const line = shown.at(-1)?.line ?? 0;
  const more = { file, line, column: 0, path: '', reason: `and ${left} problems more` };
  return { ok: false, problems: [...shown, more] };
}

function yamlProblems(file: string, { faults, places }: YamlDocument): readonly ConfigProblem[] {
  return faults.map(({ path, reason, offset }) => {
    return { file, ...places.at(offset), path: formatPath(path), reason };
  });
}

function toProblem(file: string, { path, reason, atKey }: Finding, places: Places): ConfigProblem {
  const place = atKey ? places.ofKey(path) : places.of(path);
  return { file, ...place, path: formatPath(path), reason };
}

/** By line, and one problem for each path: what is found first is the cause of the rest. */
function tidy(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Set<string>();
  const first = problems.filter(({ path, line, column }) => {
    const key = path === '' ? `${line}:${column}` : path;
    return !seen.has(key) && seen.add(key);
  });
  return first.sort((a, b) => a.line - b.line || a.column - b.column);
}
