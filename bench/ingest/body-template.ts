import { bodyOf } from '../alert-bodies.ts';

/** Bodies of distinct alerts, made by writing numbers into one text: the generator shares its cores with what it measures. */
export interface BodyTemplate {
  readonly alertsPerBody: number;
  /** The body of alerts `index * alertsPerBody` and on, each seen never before within one run, all begun at `startsAt`. */
  body(index: number, startsAt: string): Buffer;
}

const teams = ['core', 'payments', 'search', 'mobile'];
const digits = 9;
/** No number that is sent is as high, so a place is found once. */
const marker = (at: number) => `ingest-${900_000_000 + at}`;
/** Found again by its first half, which no number of ours has. */
const fingerprintPrefix = 'be4c0000';
/** As long as every instant that takes its place. */
const anyStart = '2001-01-01T00:00:00.000Z';

interface Slot {
  readonly offset: number;
  readonly alert: number;
  readonly radix: 10 | 16;
}

export function createBodyTemplate(alertsPerBody: number): BodyTemplate {
  const alerts = Array.from({ length: alertsPerBody }, (_, at) => ({
    instance: marker(at),
    phase: 'storm',
    severity: 'warning',
    team: teams[at % teams.length] ?? 'core',
    startsAt: anyStart,
  }));
  const text = bodyOf(alerts).replace(/"fingerprint":"[0-9a-f]{8}/g, `"fingerprint":"${fingerprintPrefix}`);
  const template = Buffer.from(text);
  const slots = alerts.flatMap((_, alert) => slotsOf(text, alert));
  const starts = placesOf(text, anyStart);
  return {
    alertsPerBody,
    body(index, startsAt) {
      const body = Buffer.from(template);
      for (const { offset, alert, radix } of slots) {
        const number = index * alertsPerBody + alert;
        body.write(number.toString(radix).padStart(radix === 10 ? digits : 8, '0'), offset, 'latin1');
      }
      for (const offset of starts) body.write(startsAt, offset, 'latin1');
      return body;
    },
  };
}

/** The number in every place that names the alert: label, summary, fingerprint. All of it is ASCII. */
function slotsOf(text: string, alert: number): Slot[] {
  const name = marker(alert);
  const slots: Slot[] = placesOf(text, name).map((at) => ({
    offset: at + name.length - digits,
    alert,
    radix: 10,
  }));
  const last = slots.at(-1)?.offset ?? 0;
  const fingerprint = text.indexOf(fingerprintPrefix, last);
  return [...slots, { offset: fingerprint + fingerprintPrefix.length, alert, radix: 16 }];
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

/** The number of an alert of ours by its fingerprint; undefined for anybody else's. */
export function numberOf(fingerprint: string): number | undefined {
  return fingerprint.startsWith(fingerprintPrefix) ? Number.parseInt(fingerprint.slice(8), 16) : undefined;
}
