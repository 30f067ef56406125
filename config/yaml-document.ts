import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { limits } from '../domain/limits.ts';
import { createPlaceIndex, type PlaceIndex } from './places.ts';
import { toPlainValue } from './plain-value.ts';
import type { YamlFault } from './problem.ts';
import type { Environment } from './substitute.ts';
import { yamlReason } from './yaml-faults.ts';

/** Plain data, which may cross to another thread. */
export interface YamlDocument {
  /** Plain data with null-prototype objects and variables filled in; undefined when the text is not usable YAML. */
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  readonly index: PlaceIndex;
}

/** Reads YAML 1.2, whatever a directive in it says. Never throws; hostile text ends in faults, in bounded time. */
export function readYaml(text: string, env: Environment): YamlDocument {
  const lines = new LineCounter();
  const index = createPlaceIndex(lines.lineStarts);
  if (text.length > limits.maxConfigBytes) {
    const reason = `the file is larger than ${limits.maxConfigBytes} bytes`;
    return { value: undefined, faults: [{ path: [], reason, offset: 0 }], index };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Looked for in `plain-value.ts`: the parser's own check takes quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const faults = [...findNul(text), ...[...document.errors, ...document.warnings].map(toFault)];
  if (faults.length > 0) return { value: undefined, faults, index };
  return { ...toPlainValue({ root: document.contents, env, index }), index };
}

function toFault({ code, pos }: YAMLError): YamlFault {
  return { path: [], reason: yamlReason(code), offset: pos[0] };
}

function findNul(text: string): readonly YamlFault[] {
  const offset = text.indexOf('\0');
  return offset === -1 ? [] : [{ path: [], reason: 'the file has a NUL character', offset }];
}
