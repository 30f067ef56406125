import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TocsinError } from '../../domain/errors.ts';
import { validationModes } from '../../domain/source/validation-mode.ts';
import type { SourceFormat } from '../source.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { aDelivery, batch, eventContext, structured } from './an-event.ts';
import { cloudeventsFormat } from './cloudevents.ts';

/** The format as it is called with one kind of headers. */
function delivered(type: string, headers: Readonly<Record<string, string>> = {}): SourceFormat {
  return {
    type: 'cloudevents',
    parse: ({ body }, context) => cloudeventsFormat.parse(aDelivery(body, type, headers), context),
  };
}

const binaryHeaders = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

const fixtures = [
  ['structured', delivered(structured)],
  ['structured-cleared', delivered(structured)],
  ['text-data', delivered(structured)],
  ['batch', delivered(batch)],
  ['binary-data', delivered('application/json', binaryHeaders)],
] as const;

test.each(
  fixtures.flatMap(([name, format]) =>
    validationModes.map((validation) => [name, validation, format] as const),
  ),
)(
  '%s: any change of it gives an answer to a %s source and spares the neighbours',
  (name, validation, format) => {
    const body: unknown = JSON.parse(
      readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'),
    );
    expectSpared(body, {
      format,
      context: eventContext({ validation }),
      alertAt: (path) => (name === 'batch' && path.length > 1 ? Number(path[0]) : undefined),
    });
  },
);

test('any headers of a binary event give an answer', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('%', '%zz', '%c3%28', '"', '"\\', '%00', '%ed%a0%80'));
  const names = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'severity'];
  const headers = fc.record(Object.fromEntries(names.map((name) => [`ce-${name}`, text])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(headers, fc.jsonValue(), (given, body) => {
      const request = aDelivery(body, 'application/json', { ...binaryHeaders, ...given } as Record<
        string,
        string
      >);
      try {
        const { commands, rejected } = cloudeventsFormat.parse(request, eventContext());
        expect(commands.length + rejected.length).toBe(1);
        expect(JSON.stringify(commands)).not.toContain('\\u0000');
      } catch (error) {
        expect(error).toBeInstanceOf(TocsinError);
      }
    }),
    { numRuns: 1_000, verbose: true },
  );
});
