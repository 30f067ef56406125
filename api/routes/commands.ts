import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TocsinError } from '../../domain/errors.ts';
import type { CommandResult } from '../../domain/incident/protocol.ts';
import { readCommandBodies } from '../command-bodies.ts';
import { readActor, readNote, readSnoozeEnd, readTargets } from '../command-fields.ts';
import { readIncidentId } from '../incident-id.ts';
import type { CommandAddress, IncidentCommands, IncidentFinder, TargetFinder } from '../ports.ts';
import { type CommandBody, type CommandName, commandSchemas } from '../schemas.ts';
import { toAjvSchema } from '../validation.ts';

export interface CommandRouteOptions {
  readonly finder: IncidentFinder;
  readonly commands: IncidentCommands;
  readonly findTarget: TargetFinder;
  readonly now: () => number;
}

type Caller = CommandAddress & {
  readonly incidentId: string;
  readonly by: string;
  readonly via: 'api';
  readonly requestId: string;
};

/** Reads what is particular to one command, before anything is looked up; then sends it. */
type Prepare<N extends CommandName> = (
  body: CommandBody<N>,
  options: CommandRouteOptions,
) => (caller: Caller) => Promise<CommandResult>;

const preparations: { readonly [N in CommandName]: Prepare<N> } = {
  acknowledge:
    (_body, { commands }) =>
    (caller) =>
      commands.acknowledge(caller),
  resolve:
    (_body, { commands }) =>
    (caller) =>
      commands.resolve(caller),
  escalate:
    (_body, { commands }) =>
    (caller) =>
      commands.escalate(caller),
  snooze: (body, { commands, now }) => {
    const until = readSnoozeEnd(body, now());
    return (caller) => commands.snooze({ ...caller, until });
  },
  reassign: (body, { commands, findTarget }) => {
    const targets = readTargets(body.to, findTarget);
    return (caller) => commands.reassign({ ...caller, targets });
  },
  note: (body, { commands }) => {
    const text = readNote(body.text);
    return (caller) => commands.note({ ...caller, text });
  },
};

export function addCommandRoutes(scope: FastifyInstance, options: CommandRouteOptions): void {
  readCommandBodies(scope);
  addCommand(scope, 'acknowledge', options);
  addCommand(scope, 'resolve', options);
  addCommand(scope, 'snooze', options);
  addCommand(scope, 'escalate', options);
  addCommand(scope, 'reassign', options);
  addCommand(scope, 'note', options);
}

function addCommand<N extends CommandName>(
  scope: FastifyInstance,
  name: N,
  options: CommandRouteOptions,
): void {
  const prepare: Prepare<N> = preparations[name];
  scope.post<{ Params: { id: string } }>(
    `/v1/incidents/:id/${name}`,
    { schema: { body: toAjvSchema(commandSchemas[name]) }, config: { isCommand: true } },
    async (request) => {
      // ajv has just checked it against this very schema
      const body = request.body as CommandBody<N>;
      const by = readActor(body.by);
      const send = prepare(body, options);
      return send({ ...(await addressOf(request, request.params.id, options.finder)), by });
    },
  );
}

/** Asks the log, not a view that may lag; another tenant's incident does not exist. */
async function addressOf(
  { tenant, id: requestId, traceparent }: Pick<FastifyRequest, 'tenant' | 'id' | 'traceparent'>,
  id: string,
  finder: IncidentFinder,
): Promise<Omit<Caller, 'by'>> {
  const incidentId = readIncidentId(id);
  const found = await finder.findIncident(incidentId);
  if (found === undefined || found.tenant !== tenant) throw new TocsinError('incident_not_found');
  if (found.resolved) throw new TocsinError('incident_closed');
  return { workflowId: found.workflowId, incidentId, via: 'api', requestId, traceparent };
}
