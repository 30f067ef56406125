import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventIdOf, incidentIdOf } from '../domain/ids.ts';
import { fastEventIdOf, fastIncidentIdOf } from './event-id.ts';

test('names every event and every incident as the pure functions do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(), (stream, version) => {
      expect(fastEventIdOf(stream, version)).toBe(eventIdOf(stream, version));
      expect(fastIncidentIdOf(stream, version)).toBe(incidentIdOf(stream, version));
    }),
  );
});
