import { printable } from '../dev/terminal.ts';
import { type AskServer, createAskServer } from './ask-server.ts';
import type { OncallCommand } from './oncall-options.ts';

/** As the server's OpenAPI document describes it. */
interface OnCallItem {
  readonly schedule: string;
  readonly user: string | null;
  readonly via: Via | null;
  readonly until: string | null;
  readonly next: { readonly user: string; readonly at: string } | null;
}

type Via =
  | { readonly kind: 'layer'; readonly layer: number }
  | { readonly kind: 'override'; readonly id: string };

interface Gap {
  readonly start: string;
  readonly end: string;
}

interface Override extends Gap {
  readonly id: string;
  readonly schedule: string;
  readonly user: string;
  readonly status: string;
  readonly createdBy: string;
}

type Of<V extends OncallCommand['verb']> = Extract<OncallCommand, { readonly verb: V }>;

/**
 * Prints what it found or did. The exit code of `gaps` is 1 when there are any. Throws an Error with the reason when the
 * server refuses.
 */
export async function runOncall(command: OncallCommand, env: NodeJS.ProcessEnv): Promise<number> {
  const ask = createAskServer(command, env);
  switch (command.verb) {
    case 'who':
    case 'next': {
      const items = await whoIsOnCall(ask, command);
      printAll(items, command.verb === 'who' ? whoLine : nextLine, command);
      return 0;
    }
    case 'gaps': {
      const gaps = await findGaps(ask, command);
      printAll(gaps, ({ schedule, start, end }) => `${schedule}  ${start}  ${end}`, command);
      return gaps.length === 0 ? 0 : 1;
    }
    case 'overrides': {
      const { items } = await ask(`/v1/schedules/${encodeURIComponent(command.schedule)}/overrides`);
      printAll(items as readonly Override[], overrideLine, command);
      return 0;
    }
    case 'override': {
      const { schedule, body } = command;
      const override = await ask(`/v1/schedules/${encodeURIComponent(schedule)}/overrides`, body);
      printAll([override as unknown as Override], overrideLine, command);
      return 0;
    }
    case 'end': {
      const query = new URLSearchParams({ by: command.by });
      const path = `/v1/overrides/${encodeURIComponent(command.id)}?${query}`;
      const override = await ask(path, undefined, 'DELETE');
      printAll([override as unknown as Override], overrideLine, command);
      return 0;
    }
  }
}

async function whoIsOnCall(
  ask: AskServer,
  { schedule, at }: Of<'who' | 'next'>,
): Promise<readonly OnCallItem[]> {
  const query = new URLSearchParams({
    ...(schedule !== undefined && { schedule }),
    ...(at !== undefined && { at }),
  });
  return (await ask(`/v1/oncall?${query}`)).items as readonly OnCallItem[];
}

async function findGaps(ask: AskServer, { schedule, from, until }: Of<'gaps'>) {
  const query = new URLSearchParams({
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  });
  const gaps: (Gap & { readonly schedule: string })[] = [];
  for (const name of schedule === undefined ? await listSchedules(ask) : [schedule]) {
    const { items } = await ask(`/v1/schedules/${encodeURIComponent(name)}/gaps?${query}`);
    gaps.push(...(items as readonly Gap[]).map((gap) => ({ schedule: name, ...gap })));
  }
  return gaps;
}

async function listSchedules(ask: AskServer): Promise<readonly string[]> {
  const { items } = await ask('/v1/schedules');
  return (items as readonly { readonly name: string }[]).map(({ name }) => name);
}

function whoLine({ schedule, user, via, until }: OnCallItem): string {
  if (user === null) return `${schedule}  nobody`;
  const reason = via?.kind === 'override' ? `override ${via.id}` : `layer ${via?.layer}`;
  return `${schedule}  ${user}  ${until === null ? 'without end' : `until ${until}`}  ${reason}`;
}

function nextLine({ schedule, next }: OnCallItem): string {
  return next === null ? `${schedule}  nobody` : `${schedule}  ${next.user}  from ${next.at}`;
}

function overrideLine({ id, schedule, user, status, start, end, createdBy }: Override): string {
  return [id, schedule, user, status, start, end, `by ${createdBy}`].join('  ');
}

/** JSON is one object a line, so that a long list can be piped. */
function printAll<T>(
  items: readonly T[],
  lineOf: (item: T) => string,
  { output }: Pick<OncallCommand, 'output'>,
): void {
  for (const item of items) console.log(output === 'json' ? JSON.stringify(item) : printable(lineOf(item)));
}
