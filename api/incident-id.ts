import { TocsinError } from '../domain/errors.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id of a path in its one spelling; what cannot be an id is an incident that does not exist. */
export function readIncidentId(text: string): string {
  const id = text.toLowerCase();
  if (!uuid.test(id)) throw new TocsinError('incident_not_found');
  return id;
}
