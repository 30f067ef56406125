const minuteMs = 60_000;

/** There are as many as there are names of time zones, some hundreds; making one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `Intl` knows the name: an IANA one such as `Europe/Berlin`, or `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a clock on the wall of this zone shows, written as if it were UTC, so that `getUTCHours` and the like of a
 * `Date` read it. Whole minutes: what is shorter is dropped. Throws a RangeError for a zone that is none.
 */
export function wallTimeMs(timeZone: string, epochMs: number): number {
  const fields = { year: 0, month: 1, day: 1, hour: 0, minute: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(epochMs)) {
    if (isField(type, fields)) fields[type] = Number(value);
  }
  return Date.UTC(fields.year, fields.month - 1, fields.day, fields.hour, fields.minute);
}

/** How far the zone's clocks are ahead of UTC. */
export function offsetMsAt(timeZone: string, epochMs: number): number {
  return wallTimeMs(timeZone, epochMs) - Math.floor(epochMs / minuteMs) * minuteMs;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

function isField<T extends object>(type: string, fields: T): type is Extract<keyof T, string> {
  return Object.hasOwn(fields, type);
}
