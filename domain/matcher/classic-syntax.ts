import { isMatchOperator, type MatcherParts } from './matcher.ts';

const shape = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(=~|!=|!~|=)(.*)$/s;

const unescaped: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['"', '"'],
  ['\\', '\\'],
]);

/**
 * Alertmanager's syntax before 0.27: ASCII names, values with or without quotes, and only `\n`, `\"` and `\\` as
 * escapes; any other backslash stands for itself. Undefined when the text is not in this syntax.
 */
export function readClassicMatcher(text: string): MatcherParts | undefined {
  const [, name, operator, rest] = shape.exec(text) ?? [];
  if (name === undefined || rest === undefined || !isMatchOperator(operator)) return undefined;
  const value = readValue(rest.trim());
  return value === undefined ? undefined : { name, operator, value };
}

function readValue(raw: string): string | undefined {
  const quoted = raw.startsWith('"');
  if (quoted && (raw.length < 2 || !raw.endsWith('"'))) return undefined;
  const body = quoted ? raw.slice(1, -1) : raw;
  if (quoted && endsInEscape(body)) return undefined;
  if (!/^(?:[^"\\]|\\.|\\$)*$/s.test(body)) return undefined;
  return body.replace(/\\(.)/gs, (pair, escaped: string) => unescaped.get(escaped) ?? pair);
}

/** An odd number of backslashes at the end would escape the closing quote. */
function endsInEscape(body: string): boolean {
  return (/\\*$/.exec(body)?.[0].length ?? 0) % 2 === 1;
}
