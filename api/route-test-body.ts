import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { readInstant } from './command-fields.ts';
import type { RouteTestRequest } from './ports.ts';

const texts = z.record(
  z.string().min(1).max(limits.maxLabelNameBytes),
  z.string().max(limits.maxLabelValueBytes),
);

/** What the API takes for a test of the routes: made-up labels, or a payload as its source would send it. */
export const routeTestBody = z
  .strictObject({
    labels: texts.optional().describe('Of an alert that fires. Either these or `payload`.'),
    annotations: texts.optional().describe('With `labels`.'),
    source: z
      .string()
      .min(1)
      .max(limits.maxNameBytes)
      .optional()
      .describe("The source's name: its format and its processors apply. A `payload` needs it."),
    payload: z.unknown().optional().describe("A request's body in the source's format."),
    headers: z
      .record(z.string().max(limits.maxNameBytes), z.string().max(limits.maxLabelValueBytes))
      .optional()
      .describe("The request's headers, such as `ce-id`, where the format reads them."),
    at: z.string().max(40).optional().describe('When it would arrive: RFC 3339. Absent: now.'),
  })
  .describe('Exactly one of `labels` and `payload` must be there.');

export type RouteTestBody = z.infer<typeof routeTestBody>;

export function routeTestRequestOf(body: RouteTestBody, tenant: string): RouteTestRequest {
  const { labels, annotations, source, payload, headers, at } = body;
  return {
    tenant,
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
    ...(source !== undefined && { source }),
    ...(payload !== undefined && { payload }),
    ...(headers !== undefined && { headers: inLowerCase(headers) }),
    ...(at !== undefined && { atMs: readInstant(at, '/at') }),
  };
}

function inLowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
