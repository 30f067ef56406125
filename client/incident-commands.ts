import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { errorCodeOf, TocsinError } from '../domain/errors.ts';
import type {
  AcknowledgeCommand,
  CommandResult,
  EscalateCommand,
  IncidentCommand,
  NoteCommand,
  ReassignCommand,
  ResolveCommand,
  SnoozeCommand,
} from '../domain/incident/protocol.ts';
import { isNotFound, isUnsettled, toTocsinError } from './temporal-errors.ts';

interface Addressed {
  readonly workflowId: string;
  /** Commands with the same one are one command; absent: each is its own. */
  readonly commandId?: string;
}

/** Humans' commands as Updates of the saga; each throws `incident_closed`, `invalid_command` or `engine_unavailable`. */
export interface IncidentCommandsClient {
  acknowledge(command: AcknowledgeCommand & Addressed): Promise<CommandResult>;
  resolve(command: ResolveCommand & Addressed): Promise<CommandResult>;
  escalate(command: EscalateCommand & Addressed): Promise<CommandResult>;
  snooze(command: SnoozeCommand & Addressed): Promise<CommandResult>;
  reassign(command: ReassignCommand & Addressed): Promise<CommandResult>;
  note(command: NoteCommand & Addressed): Promise<CommandResult>;
}

/** Shorter than the server's own request timeout, so that a caller hears a clear 503. */
const commandTimeoutMs = 8_000;
/** Tries of a command whose task failed in the engine; each is the same command to the saga. */
const maxAttempts = 3;
const retryMs = 100;

export function createIncidentCommands(client: Client): IncidentCommandsClient {
  const update =
    <C extends IncidentCommand['command']>(name: IncidentCommand['name']) =>
    async ({ workflowId, commandId = randomUUID(), ...command }: C & Addressed): Promise<CommandResult> => {
      const handle = client.workflow.getHandle(workflowId);
      const options = { args: [{ ...command, commandId }] as [unknown], updateId: commandId };
      const deadlineMs = Date.now() + commandTimeoutMs;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await client.withDeadline(deadlineMs, () =>
            handle.executeUpdate<CommandResult, [unknown]>(name, options),
          );
        } catch (error) {
          if (!isUnsettled(error) || attempt === maxAttempts) throw failureOf(error, attempt);
          await pause(retryMs * attempt);
        }
      }
    };
  return {
    acknowledge: update('acknowledge'),
    resolve: update('resolve'),
    escalate: update('escalate'),
    snooze: update('snooze'),
    reassign: update('reassign'),
    note: update('note'),
  };
}

/** A command that was tried before may have done its work: then its saga has ended, or refuses it as closed. */
function failureOf(error: unknown, attempt: number): unknown {
  const failure = isNotFound(error) ? notRunning(error) : toTocsinError(error);
  const isDecided = isNotFound(error) || errorCodeOf(failure) === 'incident_closed';
  if (isUnsettled(error) || (attempt > 1 && isDecided))
    return new TocsinError('unknown_outcome', { cause: error });
  return failure;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The caller has seen the incident unresolved in the log: its saga ended this moment, or the clock will start it again. */
function notRunning(error: unknown): TocsinError {
  return new TocsinError('engine_unavailable', {
    detail: 'the incident is between two runs; try again',
    cause: error,
  });
}
