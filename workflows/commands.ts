import { ApplicationFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import type { EventMetadata } from '../domain/events/envelope.ts';
import { decideCommand } from '../domain/incident/decide.ts';
import type { IncidentState } from '../domain/incident/incident.ts';
import type {
  AcknowledgeCommand,
  CommandResult,
  EscalateCommand,
  Identified,
  IncidentCommand,
  NoteCommand,
  ReassignCommand,
  ResolveCommand,
  SnoozeCommand,
} from '../domain/incident/protocol.ts';
import { type Happenings, nothingHappened } from '../domain/incident/turn.ts';
import { limits } from '../domain/limits.ts';
import { workflowNowMs } from './clock.ts';
import { decideTurn } from './decide-turn.ts';
import type { Ledger } from './ledger.ts';

const updates = {
  acknowledge: defineUpdate<CommandResult, [Identified<AcknowledgeCommand>]>('acknowledge'),
  resolve: defineUpdate<CommandResult, [Identified<ResolveCommand>]>('resolve'),
  escalate: defineUpdate<CommandResult, [Identified<EscalateCommand>]>('escalate'),
  snooze: defineUpdate<CommandResult, [Identified<SnoozeCommand>]>('snooze'),
  reassign: defineUpdate<CommandResult, [Identified<ReassignCommand>]>('reassign'),
  note: defineUpdate<CommandResult, [Identified<NoteCommand>]>('note'),
};

/** Humans' commands: the validator refuses at once, the handler answers once the event is recorded. */
export function handleCommands(ledger: Ledger): void {
  const handle = async (request: IncidentCommand, commandId: string): Promise<CommandResult> => {
    await condition(() => ledger.state() !== undefined);
    const { incidentId, by, via, requestId, traceparent } = request.command;
    const metadata: EventMetadata = {
      actor: by,
      via,
      requestId,
      commandId,
      ...(traceparent !== undefined && { traceparent }),
    };
    await ledger.commit(incidentId, (state, nowMs) => decide(state, request, nowMs), metadata);
    return resultOf(ledger.state(), incidentId);
  };
  const validator = (command: IncidentCommand['command']) => refuseOther(ledger.state(), command.incidentId);
  setHandler(updates.acknowledge, (command) => handle({ name: 'acknowledge', command }, command.commandId), {
    validator,
  });
  setHandler(updates.resolve, (command) => handle({ name: 'resolve', command }, command.commandId), {
    validator,
  });
  setHandler(updates.escalate, (command) => handle({ name: 'escalate', command }, command.commandId), {
    validator,
  });
  setHandler(updates.reassign, (command) => handle({ name: 'reassign', command }, command.commandId), {
    validator,
  });
  setHandler(updates.note, (command) => handle({ name: 'note', command }, command.commandId), { validator });
  setHandler(updates.snooze, (command) => handle({ name: 'snooze', command }, command.commandId), {
    validator: (command) => {
      validator(command);
      refuseUntil(command.until);
    },
  });
}

/** Validated again: another command may have come between. */
function decide(state: IncidentState, request: IncidentCommand, nowMs: number) {
  refuseOther(state, request.command.incidentId);
  if (state === undefined) return [];
  const command: Happenings['command'] = (incident, at) => decideCommand(incident, request, at);
  return decideTurn(state, { ...nothingHappened, command }, nowMs);
}

/** Before the incident is read there is nothing to compare with: the handler waits and asks again. */
function refuseOther(state: IncidentState, incidentId: string): void {
  if (state === undefined) return;
  if (state.id !== incidentId || state.status === 'resolved')
    throw refusal('incident_closed', 'the incident is resolved');
}

function refuseUntil(until: string): void {
  const aheadMs = Date.parse(until) - workflowNowMs();
  if (!(aheadMs > 0 && aheadMs <= limits.maxSnoozeMs)) {
    throw refusal('invalid_command', 'a snooze ends in the future, within seven days');
  }
}

function resultOf(state: IncidentState, incidentId: string): CommandResult {
  if (state === undefined || state.id !== incidentId)
    throw refusal('incident_closed', 'the incident is resolved');
  return { state: state.status, version: state.version };
}

function refusal(code: 'incident_closed' | 'invalid_command', message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
