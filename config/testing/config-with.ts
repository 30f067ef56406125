import { problemsOf } from './load-fixture.ts';

/** Each part stands on a line of its own, so that a problem's line tells which one it means. */
export const parts = {
  version: 'version: 1',
  listen: 'listen: 127.0.0.1:8080',
  sources: 'sources: [{ name: s, type: alertmanager, key: 0123456789abcdef }]',
  routes: 'routes: [{ name: r, policy: p }]',
  policies: 'policies: { p: { steps: [{ notify: [channel:c], wait: 1m }] } }',
  channels: 'channels: { c: { type: console } }',
  outbound: 'outbound: { allow_private: [] }',
  providers: 'providers: {}',
  users: 'users: {}',
  schedules: 'schedules: {}',
  fallback: '# no fallback',
  processors: 'processors: []',
  time_intervals: 'time_intervals: {}',
  inhibit: 'inhibit: []',
  suppress: 'suppress: []',
  flapping: 'flapping: []',
  admission: 'admission: {}',
  retention: 'retention: {}',
};

export type PartName = keyof typeof parts;

export const lines: Readonly<Record<string, number>> = Object.fromEntries(
  Object.keys(parts).map((name, index) => [name, index + 1]),
);

export function configWith(changed: Partial<typeof parts>): string {
  return Object.values({ ...parts, ...changed }).join('\n');
}

/** One changed part, and the one problem that it makes. */
export type ProblemRow = readonly [part: PartName, text: string, path: string, reason: string];

/** All problems of a row's configuration as `path: reason`, but for those on another line than the row's part. */
export async function problemsOfRow([part, text]: ProblemRow): Promise<readonly string[]> {
  const problems = await problemsOf(configWith({ [part]: text }));
  const own = `${lines[part]}: `;
  return problems.map((problem) => (problem.startsWith(own) ? problem.slice(own.length) : problem));
}
