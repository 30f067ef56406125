import { TocsinError } from '../errors.ts';
import { readGoString } from './go-string.ts';
import { isMatchOperator, type MatcherParts } from './matcher.ts';

const space = /\s*/y;
const operatorToken = /=~|!=|!~|=/y;
const quotedToken = /"(?:[^"\\\n]|\\[^\n])*"/y;
/** Everything but white space and the characters that the syntax reserves. */
const literalToken = /[^\s{}!=~,\\"'`]+/uy;

/** Alertmanager's syntax since 0.27: name and value are literals of any UTF-8 text, or Go strings in double quotes. */
export function readUtf8Matcher(text: string): MatcherParts {
  const reader = { text, at: 0 };
  const name = readWord(reader);
  if (name === undefined) throw invalid('a label name is expected at the start');
  const operator = read(reader, operatorToken);
  if (!isMatchOperator(operator)) throw invalid('one of = != =~ !~ is expected after the label name');
  const value = readWord(reader);
  if (value === undefined)
    throw invalid('a value is expected after the operator; quote it when it has special characters');
  read(reader, space);
  if (reader.at < text.length)
    throw invalid('the value has special characters after its end; put it in double quotes');
  return { name, operator, value };
}

interface Reader {
  readonly text: string;
  at: number;
}

function readWord(reader: Reader): string | undefined {
  const quoted = read(reader, quotedToken);
  if (quoted === undefined) return read(reader, literalToken);
  const text = readGoString(quoted.slice(1, -1));
  if (text === undefined) throw invalid('the quoted text has an unknown escape; write a backslash as \\\\');
  return text;
}

function read(reader: Reader, token: RegExp): string | undefined {
  if (token !== space) read(reader, space);
  token.lastIndex = reader.at;
  const found = token.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function invalid(detail: string): TocsinError {
  return new TocsinError('invalid_config', { detail });
}
