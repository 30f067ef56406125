import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { aContext } from '../testing/a-request.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { createPagerdutyFormat } from './pagerduty.ts';
import { pagerdutyChangeFormat } from './pagerduty-change.ts';

const format = createPagerdutyFormat({ newKey: () => 'a-new-key' });
const folder = new URL('./fixtures/', import.meta.url);
const files = readdirSync(folder).filter((file) => !file.endsWith('.normalised.json'));

test.each(files.flatMap((file) => validationModes.map((validation) => [file, validation] as const)))(
  '%s: any change of it gives an answer to a %s source',
  (file, validation) => {
    const body: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const context = aContext({ validation });
    // one event is one alert: there are no neighbours to spare
    for (const each of [format, pagerdutyChangeFormat]) {
      expectSpared(body, { format: each, context, alertAt: () => undefined });
    }
  },
);
