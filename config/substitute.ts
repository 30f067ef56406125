export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substituted {
  readonly text: string;
  /** Whether anything of the text came from the environment. */
  readonly changed: boolean;
  /** What is wrong; names variables, never their values. */
  readonly fault?: string;
}

/** Replaces every `${NAME}` by the environment's value; `$${` stands for `${` itself. What comes in is not looked at again. */
export function substitute(text: string, env: Environment): Substituted {
  const missing = new Set<string>();
  let malformed = false;
  let changed = false;
  const result = text.replace(/\$?\$\{(?:([A-Za-z_][A-Za-z0-9_]{0,127})\})?/g, (found, name?: string) => {
    if (found.startsWith('$$')) return found.slice(1);
    if (name === undefined) malformed = true;
    else if (env[name] === undefined) missing.add(name);
    else changed = true;
    return name === undefined ? '' : (env[name] ?? '');
  });
  const fault = malformed
    ? `has a "\${" that no variable name and "}" follow; write "$\${" for the text itself`
    : notSet(missing);
  return { text: result, changed, ...(fault !== undefined && { fault }) };
}

function notSet(missing: ReadonlySet<string>): string | undefined {
  if (missing.size === 0) return undefined;
  const names = [...missing].slice(0, 5).join(', ');
  return `environment variable ${names} is not set`;
}
