import { isTimeZone } from '../domain/time-interval/time-zone.ts';
import { didYouMean } from './did-you-mean.ts';

/** What is wrong with a text that should name a place with a time of its own. */
export function timeZoneFault(zone: string): string | undefined {
  if (isPlace(zone)) return undefined;
  const hint = didYouMean(zone, Intl.supportedValuesOf('timeZone'));
  return hint === '' ? 'must be a time zone such as Europe/Berlin' : `is no time zone${hint}`;
}

/** A fixed offset such as `+01:00` is no place: it would be wrong for half of the year. */
function isPlace(zone: string): boolean {
  return /^[A-Za-z]/.test(zone) && isTimeZone(zone);
}
