import { expect, test } from 'vitest';
import { isSourceSilent, sourceSilentAlert, sourceSilentIdentity } from './source-silent.ts';

const silence = { tenant: 'team-a', source: 'prometheus', since: new Date('2026-08-01T10:00:00.123Z') };
const heartbeat = { everyMs: 90_000, severity: 'error' } as const;

test('the alert belongs to the silent source and says since when and how long', () => {
  expect(sourceSilentAlert(silence, heartbeat)).toMatchObject({
    ...sourceSilentIdentity(silence),
    tenant: 'team-a',
    source: 'prometheus',
    severity: 'error',
    labels: { alertname: 'SourceSilent', source: 'prometheus', severity: 'error' },
    annotations: { summary: 'source prometheus was not heard for 90s' },
    startsAt: '2026-08-01T10:00:00.123Z',
  });
});

test('its fingerprint never changes: it is how a clear finds it after an upgrade', () => {
  expect(sourceSilentIdentity(silence).fingerprint).toBe('bf05cb22ca63fc6d');
  expect(isSourceSilent(sourceSilentIdentity(silence))).toBe(true);
  expect(isSourceSilent({ fingerprint: '0123456789abcdef' })).toBe(false);
});
