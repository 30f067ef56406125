import { type PolicyDiff, settingsOf, stepText, targetsText } from '../config/diff-policy.ts';
import type { PolicyInForce, SimulatedStep, Simulation } from '../config/policy-desk.ts';
import { printable } from '../dev/terminal.ts';

/** One line for each policy. */
export function policyListText(policies: readonly PolicyInForce[]): string {
  return lines(
    policies.map(({ name, steps, repeat }) => `${name}  ${count(steps.length, 'step')}${repeatText(repeat)}`),
  );
}

export function policyText(policy: PolicyInForce): string {
  const { name, configVersion, steps } = policy;
  return lines([
    `policy ${name}${configVersion === 0 ? '' : `, of configuration ${configVersion}`}`,
    ...Object.entries(settingsOf(policy)).map(([key, value]) => row(key, value)),
    ...steps.map((step) => row(`step ${step.step}`, stepText(step))),
  ]);
}

export function diffText({ name, same, settings, steps }: PolicyDiff): string {
  if (same) return lines([`policy ${name}: nothing changes`]);
  return lines([
    `policy ${name}, for incidents that open from then on:`,
    ...settings.map(({ name: key, from, to }) => `  ${key}: ${from ?? 'nothing'} -> ${to ?? 'nothing'}`),
    ...steps.map(({ change, step, text }) => `  ${change === 'added' ? '+' : '-'} step ${step}: ${text}`),
  ]);
}

/** One line for each moment, and one for each contact of each person. */
export function simulationText({ policy, openedAt, items, exhaustedAt, truncated }: Simulation): string {
  return lines([
    `policy ${policy}, of an incident that opens at ${openedAt} and that nobody answers:`,
    ...items.flatMap(stepLines),
    ...(truncated ? ['  and so on'] : []),
    ...(exhaustedAt === undefined ? [] : [`  ${exhaustedAt}  nobody is left to page`]),
  ]);
}

function stepLines({
  at,
  after,
  round,
  step,
  what,
  reason,
  targets,
  people,
  notes,
}: SimulatedStep): readonly string[] {
  const who = [
    targetsText(targets),
    ...people.map(({ user, via }) => `user:${user}${via ? ` by ${via}` : ''}`),
  ];
  const told = what === 'page' ? who.filter((text) => text !== '').join(' and ') : `${what}: ${reason}`;
  return [
    `  ${at}  +${after}  round ${round} step ${step}: ${told}`,
    ...people.flatMap(({ contacts }) => contacts.map((contact) => `    ${contact.at}  ${contact.target}`)),
    ...notes.map((note) => `    note: ${note}`),
  ];
}

function repeatText(repeat: number): string {
  return repeat === 0 ? '' : `, repeated ${count(repeat, 'time')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(13)}${text}`;
}

/** Names come from a file or over the network and must not move the cursor. */
function lines(texts: readonly string[]): string {
  return texts.map(printable).join('\n');
}
