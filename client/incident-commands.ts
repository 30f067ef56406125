import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { TocsinError } from '../domain/errors.ts';
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
import { isNotFound, toTocsinError } from './temporal-errors.ts';

interface Addressed {
  readonly workflowId: string;
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

export function createIncidentCommands(client: Client): IncidentCommandsClient {
  const update =
    <C extends IncidentCommand['command']>(name: IncidentCommand['name']) =>
    async ({ workflowId, ...command }: C & Addressed): Promise<CommandResult> => {
      const commandId = randomUUID();
      try {
        return await client.withDeadline(Date.now() + commandTimeoutMs, () =>
          client.workflow.getHandle(workflowId).executeUpdate<CommandResult, [unknown]>(name, {
            args: [{ ...command, commandId }],
            updateId: commandId,
          }),
        );
      } catch (error) {
        throw isNotFound(error) ? notRunning(error) : toTocsinError(error);
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

/** The caller has seen the incident unresolved in the log: its saga ended this moment, or the clock will start it again. */
function notRunning(error: unknown): TocsinError {
  return new TocsinError('engine_unavailable', {
    detail: 'the incident is between two runs; try again',
    cause: error,
  });
}
