import type { Labels } from '../../domain/alert/alert.ts';
import { isAbsent, isJsonObject, type JsonObject } from '../fields/json-object.ts';
import { addFlag, type Reading } from '../fields/reading.ts';
import { RejectedField } from '../fields/rejected-field.ts';
import { readOptionalText } from '../fields/text.ts';
import { readUrl } from '../fields/url.ts';

/** More are no help at three in the morning. */
const maxLinks = 20;

/**
 * `links` and `images` as one annotation each, a line for each entry. An entry that cannot be used is left out with the
 * flag `links_dropped`, but of a strict source.
 *
 * @throws RejectedField
 */
export function readLinks(event: JsonObject, reading: Reading): Labels {
  const links = readLines(event.links, '/links', { reading, address: 'href', label: 'text' });
  const images = readLines(event.images, '/images', { reading, address: 'src', label: 'alt' });
  return { ...(links !== '' && { links }), ...(images !== '' && { images }) };
}

interface LineOptions {
  readonly reading: Reading;
  readonly address: string;
  readonly label: string;
}

function readLines(value: unknown, path: string, options: LineOptions): string {
  const { reading } = options;
  if (isAbsent(value, path, reading)) return '';
  if (!Array.isArray(value)) return dropped(new RejectedField(path, 'must be an array'), reading);
  const entries: readonly unknown[] = value;
  if (entries.length > maxLinks) addFlag(reading, 'links_dropped');
  return entries
    .slice(0, maxLinks)
    .map((entry, index) => readLine(entry, `${path}/${index}`, options))
    .filter((line) => line !== '')
    .join('\n');
}

function readLine(entry: unknown, path: string, { reading, address, label }: LineOptions): string {
  try {
    if (!isJsonObject(entry)) throw new RejectedField(path, 'must be an object');
    const url = readUrl(entry[address], `${path}/${address}`, { flag: 'links_dropped', reading });
    const text = readOptionalText(entry[label], `${path}/${label}`, reading);
    if (url === undefined) return '';
    return text === undefined ? url : `${text}: ${url}`;
  } catch (error) {
    return dropped(error, reading);
  }
}

function dropped(error: unknown, reading: Reading): '' {
  if (!(error instanceof RejectedField) || reading.mode === 'strict') throw error;
  addFlag(reading, 'links_dropped');
  return '';
}
