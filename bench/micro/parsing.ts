import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Door } from '../../domain/source/door.ts';
import type { SourceType } from '../../domain/source/source-type.ts';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { readBody } from '../../ingest/read-body.ts';
import { createFormats } from '../../sources/formats.ts';
import { aContext, aRequest } from '../../sources/testing/a-request.ts';
import { createBodyTemplate } from '../ingest/body-template.ts';
import { type MicroBench, runFor } from './run-for.ts';

const formats = createFormats({ newKey: randomUUID });

interface Sample {
  readonly name: string;
  readonly door: Door;
  readonly type: SourceType;
  readonly body: Buffer;
}

function fixture(folder: string, file: string): Buffer {
  return readFileSync(new URL(`../../sources/${folder}/fixtures/${file}.json`, import.meta.url));
}

/** What its sender really sends: bodies of a hundred where that happens, single alerts where it does not. */
const samples: readonly Sample[] = [
  {
    name: 'alertmanager, 100 alerts',
    door: 'source',
    type: 'alertmanager',
    body: createBodyTemplate(100).body(1, '2026-09-14T08:30:00.000Z'),
  },
  {
    name: 'alertmanager API',
    door: 'alertmanager-api',
    type: 'alertmanager',
    body: fixture('alertmanager-api', 'prometheus'),
  },
  { name: 'grafana', door: 'source', type: 'grafana', body: fixture('grafana', 'firing') },
  { name: 'pagerduty', door: 'pagerduty', type: 'pagerduty', body: fixture('pagerduty', 'trigger') },
  { name: 'cloudevents', door: 'source', type: 'cloudevents', body: fixture('cloudevents', 'structured') },
  { name: 'generic', door: 'source', type: 'generic', body: fixture('generic', 'list') },
];

/** From raw bytes to JSON, for bodies of a hundred alerts. */
const readingBench: MicroBench = {
  name: 'body: decode, check, JSON.parse',
  run(seconds) {
    const body = createBodyTemplate(100).body(1, '2026-09-14T08:30:00.000Z');
    return runFor(seconds, () => (readBody(body) === undefined ? 0 : 100));
  },
};

/** From JSON to normalised alerts, per source; alertmanager's in all three modes. */
export const parsingBenches: readonly MicroBench[] = [
  readingBench,
  ...samples.flatMap((sample) =>
    (sample === samples[0] ? validationModes : (['lenient'] as const)).map((validation) =>
      benchOf(sample, validation),
    ),
  ),
];

function benchOf(
  { name, door, type, body }: Sample,
  validation: (typeof validationModes)[number],
): MicroBench {
  return {
    name: `parse: ${name}, ${validation}`,
    run(seconds) {
      const format = formats.find(door, type);
      if (format === undefined) throw new Error(`no format for ${type}`);
      const headers = {
        'content-type': type === 'cloudevents' ? 'application/cloudevents+json' : 'application/json',
      };
      const request = aRequest(readBody(body), headers);
      const context = aContext({ validation });
      return runFor(seconds, () => format.parse(request, context).commands.length);
    },
  };
}
