type Fields = Readonly<Record<string, unknown>>;
type RedactNamed = (name: string, text: string) => string;

/** A copy of JSON with its texts and numbers redacted, or the same object; as deep as a body may be, `limits.maxJsonDepth`. */
export function redactFields(fields: Fields, redactNamed: RedactNamed): Fields {
  const before = Object.entries(fields);
  const after = before.map(([name, value]) => [name, redactValue(value, name, redactNamed)] as const);
  return after.some(([, value], at) => value !== before[at]?.[1]) ? Object.fromEntries(after) : fields;
}

function redactValue(value: unknown, name: string, redactNamed: RedactNamed): unknown {
  if (typeof value === 'string') return redactNamed(name, value);
  if (typeof value === 'number') return redactNumber(value, redactNamed);
  if (Array.isArray(value)) return redactList(value, name, redactNamed);
  return isFields(value) ? redactFields(value, redactNamed) : value;
}

function redactList(list: readonly unknown[], name: string, redactNamed: RedactNamed): readonly unknown[] {
  const after = list.map((item) => redactValue(item, name, redactNamed));
  return after.some((item, at) => item !== list[at]) ? after : list;
}

/** A number's name says nothing of it: `password_changes: 3` is a count. */
function redactNumber(value: number, redactNamed: RedactNamed): number | string {
  const text = String(value);
  const left = redactNamed('', text);
  return left === text ? value : left;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
