import type { EventRow } from './event-row.ts';

/** One event as a line of JSON. The payload goes through as it is stored: it need not be one that this release knows. */
export function eventLine(row: EventRow): string {
  const head = JSON.stringify({
    lane: row.lane,
    position: Number(row.position),
    stream: row.stream_id,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    eventId: row.event_id,
    hlc: row.hlc,
    recordedAt: row.recorded_at.toISOString(),
  });
  return `${head.slice(0, -1)},"data":${oneLine(row.data)},"metadata":${oneLine(row.metadata)}}\n`;
}

/** In JSON a line break is only ever space between tokens. */
function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(/[\r\n]+/g, ' ') : json;
}
