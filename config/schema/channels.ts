import { z } from 'zod';
import { channelTypes, providerSections } from '../channels/channel-types.ts';
import { list, text } from './fields.ts';

const [first, ...others] = channelTypes;

export const channelSchema = z.discriminatedUnion('type', [
  first.schema,
  ...others.map(({ schema }) => schema),
]);

export const providersSchema = z.strictObject(
  Object.fromEntries(
    providerSections.map(({ name, meaning, schema }) => [name, schema.optional().describe(meaning)]),
  ),
);

export const outboundSchema = z.strictObject({
  allow_private: list(text)
    .default([])
    .describe('CIDR ranges of private addresses that pages may go to, also over plain http.'),
});
