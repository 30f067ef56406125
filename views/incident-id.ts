const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What is not even the shape of an id names nothing, and never reaches the database. */
export function isIncidentId(text: string): boolean {
  return uuid.test(text);
}
