import { expect, test } from 'vitest';
import type { RecordedEvent } from '../domain/events/envelope.ts';
import type { IncidentEvent } from '../domain/events/incident-events.ts';
import { openingTurn } from '../domain/incident/turn.ts';
import { limits } from '../domain/limits.ts';
import { aPolicy, aReference, aSubject } from '../test/support/incident-events.ts';
import { createRecall } from './recall.ts';

const at = '2026-01-05T09:00:00.000Z';
const first = aReference();

/** The opening of an incident, and then so many notes. */
function streamOf(notes: number): IncidentEvent[] {
  const opening = { subject: aSubject(), first, policy: aPolicy(), references: [first] };
  const note: IncidentEvent = { type: 'IncidentNoted', data: { at, by: 'amy', text: 'looking' } };
  return [...openingTurn(opening, Date.parse(at)), ...Array.from({ length: notes }, () => note)];
}

/** Reads at most `limits.maxReadEvents` at once, as the store does. */
function recallFrom(events: readonly IncidentEvent[]) {
  const recorded = events.map(
    (body, version): RecordedEvent => ({
      stream: 'incident-1',
      version,
      lane: 1,
      position: version,
      eventId: `event-${version}`,
      recordedAt: at,
      hlc: String(version),
      metadata: {},
      body,
    }),
  );
  const woken: number[] = [];
  const recall = createRecall({
    log: {
      readStream: async (_, { afterVersion = -1 } = {}) =>
        recorded.slice(afterVersion + 1, afterVersion + 1 + limits.maxReadEvents),
    },
    park: async () => {},
    wakeProjection: (_, version) => void woken.push(version),
  });
  return { recall, woken };
}

test('folds the whole stream, however many pages it has', async () => {
  const events = streamOf(limits.maxReadEvents + 100);
  const { recall, woken } = recallFrom(events);
  const { incident } = await recall({ incidentId: first.incidentId });
  expect(incident).toMatchObject({ id: first.incidentId, version: events.length - 1, status: 'open' });
  expect(woken).toEqual([events.length - 1]);
});

test('answers with nothing where there is no stream', async () => {
  const { recall, woken } = recallFrom([]);
  expect(await recall({ incidentId: 'nobody' })).toEqual({});
  expect(woken).toEqual([]);
});
