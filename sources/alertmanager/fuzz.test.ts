import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { validationModes } from '../../domain/source/validation-mode.ts';
import { aContext } from '../testing/a-request.ts';
import { expectSpared } from '../testing/expect-spared.ts';
import { alertmanagerFormat } from './alertmanager.ts';

const folder = new URL('./fixtures/', import.meta.url);
const files = readdirSync(folder).filter((file) => !file.endsWith('.normalised.json'));

describe.each(validationModes)('%s', (validation) => {
  test.each(files)(
    '%s: every path dropped, doubled and swapped gives an answer and spares the neighbours',
    (file) => {
      const body: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      expectSpared(body, {
        format: alertmanagerFormat,
        context: aContext({ validation }),
        alertAt: ([first, index, ...within]) =>
          first === 'alerts' && within.length > 0 ? Number(index) : undefined,
      });
    },
  );
});
