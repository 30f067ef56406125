import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aNotification, aSendContext } from '../../test/support/a-notification.ts';
import { describeNotifierContract } from '../contract.ts';
import { createNotifier } from '../create-notifiers.ts';
import { consoleLine } from './console-line.ts';
import { createConsoleNotifier } from './console-notifier.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const { id } = aNotification().incident;

describeNotifierContract({
  name: 'console',
  create: ({ http, write, now }) =>
    createNotifier({ name: 'oncall', updates: true, provider: 'console' }, { http, write, now }),
});

describe('console notifier', () => {
  it.each([
    [
      aNotification(),
      `PAGE critical "disk full on db1" step 1, round 1, incident ${id} (1 alert, channel ops)`,
    ],
    [
      aNotification({ kind: 'update', by: 'amy', incident: { state: 'acknowledged' } }),
      `UPDATE critical "disk full on db1" acknowledged by "amy", incident ${id} (1 alert, channel ops)`,
    ],
    [
      aNotification({ kind: 'resolved', incident: { alertCount: 3 } }),
      `RESOLVED critical "disk full on db1", incident ${id} (3 alerts, channel ops)`,
    ],
    [
      aNotification({ kind: 'reminder', by: 'amy', incident: { state: 'acknowledged' } }),
      `REMINDER critical "disk full on db1" acknowledged by "amy", incident ${id} (1 alert, channel ops)`,
    ],
    [
      aNotification({ kind: 'undo' }),
      `WITHDRAWN critical "disk full on db1", incident ${id} (1 alert, channel ops)`,
    ],
    [
      aNotification({ kind: 'test', by: 'amy', incident: { title: 'test page' } }),
      'TEST "test page" by "amy", channel ops',
    ],
    [
      aNotification({ notes: ['nobody is on call\nin payments'] }),
      `PAGE critical "disk full on db1" step 1, round 1, incident ${id} (1 alert, channel ops); nobody is on call\\nin payments`,
    ],
  ])('writes %o', (request, line) => {
    expect(consoleLine(request)).toBe(line);
  });

  it('writes one line per page and answers with its key', async () => {
    const lines: string[] = [];
    const notifier = createConsoleNotifier({ write: (line) => void lines.push(line) });
    const result = await notifier.send(aNotification(), aSendContext());
    expect(result).toEqual({ outcome: 'delivered', providerId: aNotification().key });
    expect(lines).toHaveLength(1);
  });

  it('asks for another try when the terminal is gone', async () => {
    const notifier = createConsoleNotifier({
      write: () => {
        throw new Error('EPIPE');
      },
    });
    const result = await notifier.send(aNotification(), aSendContext());
    expect(result).toMatchObject({ outcome: 'retry' });
  });

  it('shows escape sequences instead of obeying them', () => {
    const title = '\u001b[2J\u001b]0;owned\u0007 done\r\nPAGE info "fake" \u202egnp.exe \u009b31m';
    const line = consoleLine(aNotification({ incident: { title } }));
    expect(line).toContain('\\u{1b}[2J');
    expect(line).toContain('\\nPAGE info \\"fake\\"');
  });

  it(`writes printable single lines only, whatever the alert says (seed ${seed})`, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1_000 }),
      fc.constantFrom('\u001b[31m', '\r\n', '\ud800'),
    );
    fc.assert(
      fc.property(text, text, text, (title, by, channel) => {
        for (const kind of ['page', 'update', 'resolved'] as const) {
          const line = consoleLine(aNotification({ kind, by, channel, incident: { title } }));
          expect(line).toMatch(/^(PAGE|UPDATE|RESOLVED) critical "/);
          expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
          expect(line.length).toBeLessThan(1_500);
        }
      }),
      { seed, numRuns: 150 },
    );
  }, 30_000);
});
