import type { SenderCommand } from '../../domain/alert/command.ts';
import { TocsinError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { ParsedCommand, ParsedPayload, RejectedAlert } from '../source.ts';
import { kindOf } from './json-object.ts';
import { RejectedField } from './rejected-field.ts';

/**
 * Reads each alert of a list by itself, so that a wrong one spares its neighbours.
 *
 * @param path JSON pointer to the list, the start of what `rejected` names
 * @param parse may throw RejectedField
 */
export function parseEach(
  entries: readonly unknown[],
  path: string,
  parse: (entry: unknown) => SenderCommand,
): Pick<ParsedPayload, 'commands' | 'rejected'> {
  const commands: ParsedCommand[] = [];
  const rejected: RejectedAlert[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      commands.push({ index, command: parse(entry) });
    } catch (error) {
      if (!(error instanceof RejectedField)) throw error;
      rejected.push({ index, path: `${path}/${index}${error.path}`, reason: error.message });
    }
  }
  return { commands, rejected };
}

/** The same for a body that is one alert; `path` leads to it. */
export function parseOne(
  entry: unknown,
  path: string,
  parse: (entry: unknown) => SenderCommand,
): Pick<ParsedPayload, 'commands' | 'rejected'> {
  try {
    return { commands: [{ index: 0, command: parse(entry) }], rejected: [] };
  } catch (error) {
    if (!(error instanceof RejectedField)) throw error;
    return { commands: [], rejected: [{ index: 0, path: `${path}${error.path}`, reason: error.message }] };
  }
}

/**
 * A list of alerts within the limit.
 *
 * @param advice how the sender is made to send fewer at once
 * @throws TocsinError `invalid_payload` or `too_many_alerts`
 */
export function readAlertList(value: unknown, path: string, advice = ''): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidPayload(path, `must be an array, not ${kindOf(value)}`);
  if (value.length > limits.maxAlertsPerRequest) {
    const detail = `${value.length} alerts, at most ${limits.maxAlertsPerRequest} are allowed${advice}`;
    throw new TocsinError('too_many_alerts', { path, detail });
  }
  return value;
}

/** Refuses a body as a whole. */
export function invalidPayload(path: string, detail: string): TocsinError {
  return new TocsinError('invalid_payload', { path, detail });
}
