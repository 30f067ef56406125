import { limits } from '../domain/limits.ts';
import { breathe } from './breathe.ts';
import { buildConfig } from './build-config.ts';
import type { TocsinConfig } from './config.ts';
import { createFindings } from './findings.ts';
import type { ListenAddress } from './listen.ts';
import { createPlaces, type Places } from './places.ts';
import { type ConfigProblem, type Finding, formatPath, type YamlFault } from './problem.ts';
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
  /** Where the process listens already, which no document can change. */
  readonly running?: ListenAddress;
  /** Epoch milliseconds: schedules are searched for times with nobody on call from then on. Absent: they are not. */
  readonly lintAtMs?: number;
  /** Default: in this thread, which has nothing else to do when a process starts. */
  readonly parse?: ParseYaml;
}

export type ParseYaml = (text: string, env: Environment) => YamlDocument | Promise<YamlDocument>;

export interface LoadFileOptions extends Pick<LoadOptions, 'listen' | 'running' | 'lintAtMs' | 'parse'> {
  /** Reads text files within a size; default: from disk. */
  readonly readText?: (path: string, maxBytes: number) => Promise<string>;
}

/** Parses and validates a configuration; all problems are told at once, by line. Never throws for what the text holds. */
export async function loadConfigText({
  text,
  file,
  env,
  readFile,
  parse = readYaml,
  ...addresses
}: LoadOptions): Promise<LoadResult> {
  const document = await parse(text, env);
  const { value } = document;
  const places = createPlaces(document.index);
  const findings = createFindings();
  const yamlProblems = document.faults.map((fault) => toYamlProblem(file, fault, places));
  if (value === undefined) return failure(file, yamlProblems);
  const parsed = configSchema.safeParse(value);
  const schemaErrors = parsed.success ? [] : schemaFindings(value, parsed.error.issues);
  await breathe();
  const built = await buildConfig(value, {
    file,
    readFile,
    findings,
    places,
    fitsSchema: parsed.success,
    ...addresses,
  });
  const problems = [
    ...yamlProblems,
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
  { readText = readTextFile, ...how }: LoadFileOptions = {},
): Promise<LoadResult> {
  const readFile = (name: string) => readText(name, limits.maxSecretFileBytes);
  let text: string;
  try {
    text = await readText(path, limits.maxConfigBytes);
  } catch (error) {
    const reason = `the file cannot be read: ${readFault(error)}`;
    return { ok: false, problems: [{ file: path, line: 0, column: 0, path: '', reason }] };
  }
  return loadConfigText({ text, file: path, env, readFile, ...how });
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

function toYamlProblem(file: string, { path, reason, offset }: YamlFault, places: Places): ConfigProblem {
  return { file, ...places.at(offset), path: formatPath(path), reason };
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
