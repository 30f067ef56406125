import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of CPU per part of the system since the start of each; empty where there is no /proc. */
export type CpuSeconds = Readonly<Record<string, number>>;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
  /** Of children that ended and were waited for. */
  readonly reapedSeconds: number;
}

/** CPU of each named process with all of its descendants. */
export function readCpuSeconds(pids: ReadonlyMap<string, number>): CpuSeconds {
  const stats = readAllStats();
  return Object.fromEntries(
    [...pids].map(([name, pid]) => [
      name,
      familyOf(pid, stats).reduce((sum, it) => sum + it.seconds + it.reapedSeconds, 0),
    ]),
  );
}

export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return Object.fromEntries(
    Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
  );
}

export interface MachineSeconds {
  /** Of all cores, by anybody. */
  readonly busy: number;
  /** Wanted by this machine, given to another one on the same host. */
  readonly stolen: number;
}

/** proc(5), first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
export function readMachineSeconds(): MachineSeconds {
  const line = readText('/proc/stat').split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) / ticksPerSecond);
  return { busy: user + nice + system + irq + softirq, stolen: steal };
}

/** Resident memory in MB; undefined where there is no /proc. */
export function readRssMb(pid: number): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_024);
}

function familyOf(pid: number, stats: ReadonlyMap<number, ProcessStat>): ProcessStat[] {
  const own = stats.get(pid);
  if (own === undefined) return [];
  const children = [...stats.values()].filter(({ parent }) => parent === pid);
  return [own, ...children.flatMap((child) => familyOf(child.pid, stats))];
}

function readAllStats(): Map<number, ProcessStat> {
  const stats = listProcesses().flatMap((pid) => readStat(pid));
  return new Map(stats.map((stat) => [stat.pid, stat]));
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return []; // no Linux
  }
}

/** proc(5): the command in parentheses may hold anything, the fields follow its last bracket. */
function readStat(pid: number): ProcessStat[] {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent, user, system, reapedUser, reapedSystem] = [1, 11, 12, 13, 14].map((at) => fields[at] ?? 0);
  if (text === '' || parent === undefined) return [];
  const seconds = ((user ?? 0) + (system ?? 0)) / ticksPerSecond;
  return [
    { pid, parent, seconds, reapedSeconds: ((reapedUser ?? 0) + (reapedSystem ?? 0)) / ticksPerSecond },
  ];
}

const ticksPerSecond = readTicksPerSecond();

function readTicksPerSecond(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100;
  } catch {
    return 100; // what Linux has used for twenty years
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process ended
  }
}
