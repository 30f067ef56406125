import { limits } from '../../domain/limits.ts';
import { exceedsBytes } from '../text.ts';
import { addFlag, type Reading } from './reading.ts';
import { RejectedField } from './rejected-field.ts';
import { readOptionalText } from './text.ts';

/**
 * A link for people. One that cannot be followed safely is left out with the flag, and no reason to refuse the alert,
 * but of a strict source.
 *
 * @throws RejectedField
 */
export function readUrl(
  value: unknown,
  path: string,
  { flag, reading }: { readonly flag: string; readonly reading: Reading },
): string | undefined {
  const url = readOptionalText(value, path, reading);
  if (url === undefined || isWebUrl(url)) return url;
  if (reading.mode === 'strict') throw new RejectedField(path, 'must be an http or https address');
  addFlag(reading, flag);
  return undefined;
}

/** The alert's own link, `generatorUrl`. */
export function readGeneratorUrl(value: unknown, path: string, reading: Reading): string | undefined {
  return readUrl(value, path, { flag: 'generator_url_dropped', reading });
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && !exceedsBytes(url, limits.maxLabelValueBytes);
}
