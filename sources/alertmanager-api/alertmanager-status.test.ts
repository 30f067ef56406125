import { expect, test } from 'vitest';
import { alertmanagerStatus } from './alertmanager-status.ts';

test('the status has every field that clients of the API insist on', () => {
  const status = alertmanagerStatus({ version: '0.1.0', startedAtMs: Date.parse('2026-09-14T08:40:00Z') });
  expect(JSON.parse(JSON.stringify(status))).toEqual({
    cluster: { status: 'disabled', peers: [] },
    config: { original: '' },
    uptime: '2026-09-14T08:40:00.000Z',
    versionInfo: {
      version: 'tocsin-0.1.0',
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    },
  });
});
