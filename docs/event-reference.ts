import { z } from 'zod';
import type { TocsinEventType } from '../domain/events/events.ts';
import { eventSchemas } from '../domain/events/schemas.ts';
import { currentSchemaVersion } from '../domain/events/upcasters.ts';
import { markdownTable } from './markdown-table.ts';

/** What each type says happened; the compiler asks for a line when a type is added. */
const meanings: Readonly<Record<TocsinEventType, string>> = {
  AlertFired: 'An episode began, and routing decided which incidents it belongs to.',
  AlertChanged: 'The alert still fires, with other labels, annotations or severity.',
  AlertRepeated: 'How often the episode was repeated unchanged, in all. Written at most once a minute.',
  AlertAcknowledged: 'Its sender says that somebody takes care of it; its incidents are acknowledged.',
  AlertSuppressed:
    'Something quiets it: `quiet` of an incident says what. Those in `left` had counted it until then.',
  AlertReleased: 'What quieted it has ended while it fires: the incidents in `joined` count it from now on.',
  AlertResolved:
    'The episode ended: it cleared, its sender fell silent (`expired`), or a newer one was routed elsewhere (`superseded`).',
  IncidentOpened: 'The first alert came. Pins the policy for the life of the incident.',
  AlertsAttached: 'Alerts fired into the incident, or raised its severity.',
  AlertsCleared: 'Alerts of the incident cleared.',
  StepStarted:
    'A step of the policy began. `at` minus `dueAt` is its lateness. `targets` are paged at once, the contacts of `people` one after the other from then on.',
  StepSkipped:
    'A step did not begin: its condition did not hold, it found nobody, the next one was due as well after a downtime (`superseded`), or it was overdue by more than `max_age` (`too_old`). No page of it is ever sent.',
  StepDelayed: 'A step of an incident of low urgency waits for its hours.',
  NotificationRequested: 'A message to one channel is wanted, under the key that it keeps for life.',
  NotificationDelivered: 'The provider took the message.',
  NotificationFailed: 'The message was withdrawn because nobody needs it any more.',
  NotificationDeadLettered:
    'The message was given up: refused, or out of attempts. With `outcome` `unknown` it may have arrived.',
  NotificationRedelivered: 'A message that was given up is sent again, under the same key.',
  NotificationUndone: 'What the page `of` did was taken back by the message `key`, of kind `undo`.',
  IncidentAcknowledged: 'A human takes care of it; the escalation stops.',
  AcknowledgementExpired:
    'It was acknowledged for `ack_timeout` and not resolved; the escalation begins anew.',
  ResolutionHeld:
    'Nothing fires any more; it resolves at `until`, unless something fires again before. No step begins meanwhile.',
  IncidentSnoozed: 'A human asked for quiet until an instant; then the escalation begins anew.',
  IncidentEscalated: 'A human asked for the next step now.',
  IncidentReassigned: 'A human named others; they are paged at once.',
  IncidentNoted: 'A human wrote something down.',
  EscalationExhausted:
    'Every step of every round was taken without an answer. Whoever `on_exhausted` names is paged.',
  IncidentResolved:
    'Nothing fires any more (`cleared`), a human closed it (`by_human`), or nothing was heard of its alerts for `auto_resolve` (`unheard`).',
  DeliveryAttempted: 'One attempt of one notification, and what became of it.',
  DeliveryDiscarded: 'A human said that a dead letter is not needed any more.',
  SilenceCreated: 'A human asked that matching alerts page nobody for a while.',
  SilenceEdited: 'Its end or its comment changed, or its start before it began.',
  SilenceExpired: 'A human ended it early. One that reaches its end needs no event.',
  OverrideCreated: 'A human put somebody on call in a schedule for a while, whatever its layers say.',
  OverrideEnded: 'A human ended it early. One that reaches its end needs no event.',
};

const streams: readonly { readonly title: string; readonly text: string; readonly owns: RegExp }[] = [
  {
    title: '`alert-<hash of tenant, source, fingerprint>`',
    text: 'One for each alert, written by the server that accepted it. Each event carries the whole alert, so the last one is its state.',
    owns: /^Alert(?!s)/,
  },
  {
    title: '`incident-<id>`',
    text: 'One for each incident, written by its saga alone.',
    owns: /^(?:Incident|Alerts|Step|Notification|Escalation|Acknowledgement|Resolution)/,
  },
  {
    title: '`delivery-<key>`',
    text: 'One for each notification, written by the activity that sends it; a server adds that it was discarded.',
    owns: /^Delivery/,
  },
  {
    title: '`silence-<id>`',
    text: 'One for each silence, written by the server that took the command. Each event carries the whole silence.',
    owns: /^Silence/,
  },
  {
    title: '`override-<id>`',
    text: 'One for each override of a schedule, written by the server that took the command. Each event carries the whole override.',
    owns: /^Override/,
  },
];

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly format?: string;
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
}

/** The text of `docs/reference/events.md`, made from the schemas that every stored event is checked against. */
export function eventReference(): string {
  const types = Object.keys(eventSchemas) as TocsinEventType[];
  const sections = streams.map(({ title, text, owns }) => {
    const own = types.filter((type) => owns.test(type)).map(eventSection);
    return `## ${title}\n\n${text}\n\n${own.join('\n\n')}`;
  });
  return `# Events

Generated by \`node docs/generate.ts\`; do not edit.

The event log in PostgreSQL is the truth; views and timelines are folded from it. An event has a place in its stream
(\`version\`, from 0, without gaps) and one in its writer's lane (\`position\`, rising, with gaps). Fields may be added to a
type; a change that old readers could not bear raises its version. Instants are ISO 8601 in UTC.

\`metadata\` says who caused it: \`actor\`, \`via\` (\`source\`, \`api\`, \`saga\`), \`requestId\`, \`commandId\` and \`traceparent\`.

${sections.join('\n\n')}
`;
}

function eventSection(type: TocsinEventType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(eventSchemas[type]);
  const rows = Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    typeOf(property as Property),
    required.includes(name) ? 'always' : 'may be absent',
  ]);
  const table = markdownTable(['field', 'type', 'presence'], rows);
  return `### ${type}\n\n${meanings[type]} Version ${currentSchemaVersion(type)}.\n\n${table}`;
}

function typeOf(property: Property): string {
  if (property.enum !== undefined) return property.enum.map((value) => `\`${value}\``).join(', ');
  if (property.const !== undefined) return `\`${property.const}\``;
  if (property.type === 'array') return `list of ${typeOf(property.items ?? {})}`;
  if (property.type === 'object') return objectType(property);
  if (property.format === 'date-time') return 'instant';
  if (property.type === 'string') return 'text';
  return property.type ?? 'any';
}

function objectType({ properties }: Property): string {
  if (properties === undefined) return 'map';
  return `{ ${Object.keys(properties)
    .map((name) => `\`${name}\``)
    .join(', ')} }`;
}
