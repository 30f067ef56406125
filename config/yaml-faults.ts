import type { ErrorCode } from 'yaml';

/** Our own words for what the parser finds: its messages quote the file, and the file may hold secrets. */
const reasons: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'the alias or anchor is malformed',
  BAD_COLLECTION_TYPE: 'the tag does not fit the collection',
  BAD_DIRECTIVE: 'the directive is malformed',
  BAD_DQ_ESCAPE: 'the double-quoted text has an unknown escape; single quotes take backslashes as they are',
  BAD_INDENT: 'the indentation does not fit',
  BAD_PROP_ORDER: 'anchors and tags must stand before the value',
  BAD_SCALAR_START: 'a plain value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested value is not allowed here; a space, a line break or quotes are missing',
  BLOCK_IN_FLOW: 'a block is not allowed inside of braces or brackets',
  DUPLICATE_KEY: 'the key stands twice',
  KEY_OVER_1024_CHARS: 'the key is too long',
  MISSING_CHAR: 'a quote, brace, bracket, comma, colon or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; is a quote or a colon missing?',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  MULTIPLE_DOCS: 'the file must hold one document only',
  MULTIPLE_TAGS: 'a value can have one tag only',
  NON_STRING_KEY: 'a key must be a plain name',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply',
  TAB_AS_INDENT: 'tabs are not allowed as indentation',
  TAG_RESOLVE_FAILED: 'tags are not supported',
  UNEXPECTED_TOKEN: 'this is not expected here',
};

export function yamlReason(code: ErrorCode): string {
  return reasons[code] ?? 'this is not valid YAML';
}
