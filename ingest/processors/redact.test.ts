import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Alert } from '../../domain/alert/alert.ts';
import { anAlert } from '../an-alert.ts';
import { createRedact, type RedactOptions, redactedFlag } from './redact.ts';
import type { RedactionKind } from './redaction.ts';

const card = '4111 1111 1111 1111';
const all: RedactOptions = { cardNumbers: true, secrets: true, patterns: [] };

function redact(alert: Alert, options: RedactOptions = all): { alert: Alert; kinds: RedactionKind[] } {
  const kinds: RedactionKind[] = [];
  const processed = createRedact(options, (kind) => kinds.push(kind)).process(alert, 0);
  if (processed.kind === 'dropped') throw new Error('was dropped');
  return { alert: processed.alert, kinds };
}

test('takes secrets out of labels, annotations, the URL and unnamed fields, and flags the alert', () => {
  const before = anAlert({
    labels: { alertname: 'Paid', detail: `card ${card}` },
    annotations: { summary: 'password=hunter2', api_key: 'abc' },
    generatorUrl: 'https://amy:hunter2@example.org/x',
    extra: {
      deep: [{ text: card, number: 4111111111111111, password: 'hunter2', n: 3 }],
      ok: true,
      none: null,
    },
    flags: ['start_assumed'],
  });
  const { alert, kinds } = redact(before);
  expect(alert).toEqual({
    ...before,
    labels: { alertname: 'Paid', detail: 'card [redacted]' },
    annotations: { summary: 'password=[redacted]', api_key: '[redacted]' },
    generatorUrl: 'https://amy:[redacted]@example.org/x',
    extra: {
      deep: [{ text: '[redacted]', number: '[redacted]', password: '[redacted]', n: 3 }],
      ok: true,
      none: null,
    },
    flags: [redactedFlag, 'start_assumed'],
  });
  expect(kinds.toSorted()).toEqual([
    ...['card_number', 'card_number', 'card_number'],
    ...['password', 'password', 'password', 'password'],
  ]);
});

test('who the alert is stays the same', () => {
  const before = anAlert({ fingerprint: '4111111111111111', labels: { password: 'hunter2' } });
  const { alert } = redact(before);
  const { tenant, source, fingerprint, startsAt } = before;
  expect(alert).toMatchObject({ tenant, source, fingerprint, startsAt });
  expect(alert.labels).toEqual({ password: '[redacted]' });
});

test('answers the same alert when there is nothing to take out', () => {
  const alert = anAlert({ annotations: { summary: 'disk full' }, extra: { a: [1, { b: 'c' }] } });
  expect(redact(alert).alert).toBe(alert);
  expect(redact(anAlert({ labels: { password: '' } })).kinds).toEqual([]);
});

test('does only what it is asked for', () => {
  const alert = anAlert({ annotations: { a: card, b: 'password=hunter2' } });
  const { annotations } = redact(alert, { cardNumbers: true, secrets: false, patterns: [] }).alert;
  expect(annotations).toEqual({ a: '[redacted]', b: 'password=hunter2' });
  const other = redact(alert, { cardNumbers: false, secrets: true, patterns: [] }).alert;
  expect(other.annotations).toEqual({ a: card, b: 'password=[redacted]' });
});

test("replaces what an operator's own patterns find, character by character where they say so", () => {
  const options = { cardNumbers: false, secrets: false, patterns: ['EMP-[0-9]+', 'x*'] };
  const alert = anAlert({ annotations: { a: 'EMP-123 told EMP-7 é', b: 'axxb', c: 'nothing' } });
  const result = redact(alert, options);
  expect(result.alert.annotations).toEqual({
    a: '[redacted] told [redacted] é',
    b: 'a[redacted]b',
    c: 'nothing',
  });
  expect(result.kinds).toEqual(['pattern', 'pattern', 'pattern']);
});

test('no pattern of an operator can stall it', () => {
  const options = { cardNumbers: false, secrets: false, patterns: ['(a+)+$', '(a|aa)*b'] };
  const alert = anAlert({ annotations: { a: `${'a'.repeat(4_000)}!` } });
  expect(redact(alert, options).alert).toBe(alert);
});

test('no card is left in any value, whatever its name and wherever it stands', () => {
  const value = fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before} ${card} ${after}`);
  const fields = fc.dictionary(fc.string(), value);
  fc.assert(
    fc.property(fields, fields, fc.dictionary(fc.string(), fields), (labels, annotations, extra) => {
      const { alert } = redact(anAlert({ labels, annotations, extra }));
      expect(JSON.stringify([alert.labels, alert.annotations, alert.extra]).includes(card)).toBe(
        [labels, annotations, ...Object.values(extra)].some((named) =>
          Object.keys(named).some((name) => name.includes(card)),
        ),
      );
    }),
  );
});
