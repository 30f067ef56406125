import { z } from 'zod';
import type { SimulationRequest } from '../config/policy-desk.ts';
import { limits } from '../domain/limits.ts';
import { severities } from '../domain/severity.ts';
import { readInstant } from './command-fields.ts';

const labels = z.record(
  z.string().min(1).max(limits.maxLabelNameBytes),
  z.string().max(limits.maxLabelValueBytes),
);

/** What the API takes for a simulation; everything has a default. */
export const simulateBody = z.strictObject({
  at: z.string().max(40).optional().describe('When the incident would open: RFC 3339. Default: now.'),
  until: z.string().max(40).optional().describe('Where to end. Default: 30 days after it opens.'),
  severity: z.enum(severities).optional().describe('Of the incident. Default: `critical`.'),
  labels: labels.optional().describe('Of its first alert. Default: none.'),
  alerts: z
    .int()
    .min(1)
    .max(limits.maxConfiguredAlerts)
    .optional()
    .describe('How many alerts it has. Default: 1.'),
});

export type SimulateBody = z.infer<typeof simulateBody>;

export function simulationRequestOf(
  { at, until, severity, labels: given, alerts }: SimulateBody,
  tenant: string,
): SimulationRequest {
  return {
    tenant,
    ...(at !== undefined && { atMs: readInstant(at, '/at') }),
    ...(until !== undefined && { untilMs: readInstant(until, '/until') }),
    ...(severity !== undefined && { severity }),
    ...(given !== undefined && { labels: given }),
    ...(alerts !== undefined && { alerts }),
  };
}
