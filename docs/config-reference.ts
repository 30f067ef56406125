import { z } from 'zod';
import { channelTypes, providerSections } from '../config/channels/channel-types.ts';
import { demoConfigText } from '../config/demo.ts';
import { outboundSchema } from '../config/schema/channels.ts';
import { rateSchema } from '../config/schema/fields.ts';
import { mappingSchema, severityMappingSchema, statusMappingSchema } from '../config/schema/mapping.ts';
import { conditionSchema, policySchema, stepSchema } from '../config/schema/policies.ts';
import { processorSchemas } from '../config/schema/processors.ts';
import {
  flappingSchema,
  inhibitSchema,
  suppressRateSchema,
  suppressSchema,
} from '../config/schema/quieting.ts';
import { routeSchema, stormSchema } from '../config/schema/routes.ts';
import { layerSchema, restrictionSchema, scheduleSchema } from '../config/schema/schedules.ts';
import { heartbeatSchema, signatureSchema, sourceSchema } from '../config/schema/sources.ts';
import { timeConditionsSchema, timeIntervalSchema } from '../config/schema/time-intervals.ts';
import { contactRuleSchema, userRulesSchema, userSchema } from '../config/schema/users.ts';
import { admissionSchema, configSchema, retentionSchema } from '../config/schema.ts';
import { limits } from '../domain/limits.ts';
import { markdownTable } from './markdown-table.ts';

interface Property {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
}

const rules = `- Durations are one whole number and one unit: \`500ms\`, \`30s\`, \`5m\`, \`4h\`, \`7d\`.
- Names have at most ${limits.maxNameBytes} letters, digits, \`_\`, \`.\` or \`-\`.
- \`\${NAME}\` in any text is replaced by the environment variable; one that is not set is an error. \`$\${\` stands for \`\${\` itself. Keys are not replaced.
- A key that ends in \`_file\` names a file with the value, relative to the configuration file; its last newline is dropped. Secrets are best kept this way or in the environment.
- Unknown keys, names that nothing defines, keys that stand twice, rules that say the same and routes that are never reached are errors, each with file, line, column, path and reason, all at once. What is defined but not used is a warning.
- Files have at most ${limits.maxConfigBytes} bytes and ${limits.maxConfigEntries} entries of each section, nested routes counted. YAML anchors work; tags and merge keys (\`<<\`) do not.`;

const matchers = `\`match\` takes Alertmanager's matchers, one or a list such as \`{a="b", c!="d"}\` per entry: \`=\`, \`!=\`, \`=~\` and \`!~\`. Regular expressions are RE2 and must match the whole value; a label that an alert does not have is the empty string. As in Alertmanager's default mode, what its classic syntax can read is read that way (quotes optional, only \`\\n\`, \`\\"\` and \`\\\\\` are escapes); everything else is read in the syntax of Alertmanager 0.27, with quoted names of any UTF-8 text and Go's escapes.`;

const processors = `They change or drop alerts before anything is decided. Each entry of the list has exactly one of these keys; they are applied in their order. [What each does in detail](../how-to/processors.md).`;

const ranges = `Of each list that is there, one range must hold. A range has both of its ends, but for times; none passes its own end, so a night is \`["22:00-24:00", "00:00-06:00"]\`.`;

const tree = `Routes form a tree. Of the routes of one level the first that matches takes the alert; with \`continue\` those after it are tried too. What a route matches goes on to the routes below it; where none of them matches, the route itself takes the alert. A route without \`group_by\`, \`group_wait\`, \`policy\`, \`mute\` or \`active\` has that of the route above it; an empty list takes it away.`;

const steps = `A step has \`notify\` and \`wait\`, or \`if\` and \`then\`. Branches nest ${limits.maxBranchDepth} deep; together with theirs, a policy has at most ${limits.maxPolicySteps} steps. [The language with examples](../how-to/policies.md).`;

const contacts = `A contact takes the keys of a channel of its type, and is the channel \`user:NAME/CONTACT\`. [Schedules and overrides](../how-to/on-call-schedules.md).`;

/** The text of `docs/reference/configuration.md`, made from the schema that the loader uses. */
export function configReference(): string {
  const sections = [
    section('The file', configSchema),
    ...sourceSections(),
    ...processorSections(),
    section('`time_intervals.NAME`', timeIntervalSchema),
    `${section('`time_intervals.NAME.intervals[]`', timeConditionsSchema)}\n\n${ranges}`,
    `${section('`routes[]`', routeSchema)}\n\n${tree}\n\n${matchers}`,
    section('`routes[].storm`', stormSchema),
    section('`inhibit[]`', inhibitSchema),
    section('`suppress[]`', suppressSchema),
    section('`suppress[].rate`', suppressRateSchema),
    section('`flapping[]`', flappingSchema),
    section('`policies.NAME`', policySchema),
    `${section('`policies.NAME.steps[]`', stepSchema)}\n\n${steps}`,
    section('`policies.NAME.steps[].if`', conditionSchema),
    section('`users.NAME`', userSchema),
    `${section('`users.NAME.rules`', userRulesSchema)}\n\n${contacts}`,
    section('`users.NAME.rules.high[]` and `users.NAME.rules.low[]`', contactRuleSchema),
    section('`schedules.NAME`', scheduleSchema),
    section('`schedules.NAME.layers[]`', layerSchema),
    section('`schedules.NAME.layers[].restrict`', restrictionSchema),
    ...channelTypes.map(({ type, schema }) => section(`\`channels.NAME\` of type \`${type}\``, schema)),
    ...providerSections.map(({ name, schema }) => section(`\`providers.${name}\``, schema)),
    section('`admission`', admissionSchema),
    section('`retention`', retentionSchema),
    section('`outbound`', outboundSchema),
  ];
  return `# Configuration: \`tocsin.yml\`

Generated by \`node docs/generate.ts\`; do not edit. \`tocsin check-config FILE\` checks a file without using it.

${rules}

${sections.join('\n\n')}

## The built-in demo

Used by \`tocsin up\` when there is no configuration file:

\`\`\`yaml
${demoConfigText.trimEnd()}
\`\`\`
`;
}

function sourceSections(): readonly string[] {
  return [
    section('`sources[]`', sourceSchema),
    section('`sources[].signature`', signatureSchema),
    section('`sources[].mapping`', mappingSchema),
    section('`sources[].mapping.status`', statusMappingSchema),
    section('`sources[].mapping.severity`', severityMappingSchema),
    section('`sources[].heartbeat`', heartbeatSchema),
    section('`sources[].rate_limit` and `admission.per_tenant`', rateSchema),
  ];
}

/** One table of what there is, and one for each that has keys of its own. */
function processorSections(): readonly string[] {
  const rows = Object.entries(processorSchemas).map(([kind, schema]) => {
    const { description = '', ...property } = jsonSchemaOf(schema);
    return [`\`${kind}\``, typeOf(property), description];
  });
  const overview = `## \`processors[]\` and \`sources[].processors[]\`\n\n${processors}\n\n${markdownTable(['key', 'type', 'what it does'], rows)}`;
  const details = Object.entries(processorSchemas).flatMap(([kind, schema]) =>
    'shape' in schema ? [section(`\`processors[].${kind}\``, schema)] : [],
  );
  return [overview, ...details];
}

function section(title: string, schema: z.ZodType): string {
  const { properties = {}, required = [] } = jsonSchemaOf(schema);
  const rows = Object.entries(properties).map(([key, property]) =>
    row(key, property, required.includes(key)),
  );
  return `## ${title}\n\n${markdownTable(['key', 'type', 'default', 'meaning'], rows)}`;
}

function jsonSchemaOf(schema: z.ZodType): Property {
  return z.toJSONSchema(schema, { io: 'input' }) as Property;
}

function row(key: string, property: Property, isRequired: boolean): readonly string[] {
  const fallback = isRequired ? 'required' : property.default === undefined ? '' : code(property.default);
  return [`\`${key}\``, typeOf(property), fallback, property.description ?? ''];
}

function typeOf({ type, const: only, enum: choices, items, pattern, anyOf, $ref }: Property): string {
  if (anyOf !== undefined) return anyOf.map(typeOf).join(', or ');
  if (choices !== undefined) return choices.map(code).join(', ');
  if ($ref !== undefined) return 'map';
  if (only !== undefined) return code(only);
  if (type === 'array') return `list of ${items === undefined ? 'values' : typeOf(items)}`;
  if (type === 'string' && pattern?.includes('ms|s|m|h|d')) return 'duration';
  if (type === 'object') return 'map';
  return type === 'string' ? 'text' : (type ?? '');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
