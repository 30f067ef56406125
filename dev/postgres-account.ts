import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The account that PostgreSQL, which refuses to run as root, runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How a program is started under an account. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** `postgres`, else `nobody`, when this process is root; undefined when it can run PostgreSQL itself. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = lookUp('postgres') ?? lookUp('nobody');
  if (account === undefined)
    throw new Error('postgresql needs an account that is not root: none of postgres, nobody exists');
  return account;
}

function lookUp(name: string): Account | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined; // no such account
  }
}

/**
 * Plain `uid` and `gid` where the account can reach every path; otherwise, below a folder that only root may
 * enter, `setpriv` with the capability to pass it.
 */
export function runAs(
  account: Account | undefined,
  command: string,
  args: readonly string[],
  paths: readonly string[],
): Invocation {
  if (account === undefined) return { command, args };
  if ([command, ...paths].every((path) => canReach(account, path))) return { command, args, ...account };
  const capabilities = '+dac_override,+dac_read_search';
  return {
    command: 'setpriv',
    args: [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      `--inh-caps=${capabilities}`,
      `--ambient-caps=${capabilities}`,
      command,
      ...args,
    ],
  };
}

function canReach(account: Account, path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
