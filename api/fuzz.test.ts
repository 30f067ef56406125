import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorized, createFakeApp, incidentId, sourceKey } from './fake-app.ts';

const runs = { numRuns: 300 };

const segment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!-~]{0,40}$/).map((text) => text.replaceAll(/[/?#\\]/g, '')),
  fc.constantFrom('__proto__', '%', '%zz', '%00', '..%2f..', 'constructor', incidentId, sourceKey),
);
const headerText = fc.stringMatching(/^[ -~]{0,60}$/);
const contentType = fc.oneof(
  headerText,
  fc.constantFrom(
    'application/json',
    'text/plain',
    'application/json; charset=utf-16',
    ';;',
    'a/b;c="',
    'undefined',
  ),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)),
  fc
    .record(
      {
        by: fc.jsonValue(),
        for: fc.jsonValue(),
        until: fc.string(),
        to: fc.jsonValue(),
        text: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => Buffer.from(JSON.stringify(value))),
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD' as const);
const command = fc.constantFrom('acknowledge', 'resolve', 'snooze', 'escalate', 'reassign', 'note');
const path = fc.oneof(
  segment.map((key) => `/v1/sources/${key}`),
  segment.map((key) => `/v1/sources/${key}/api/v2/alerts`),
  fc.constantFrom('/v2/enqueue', '/v2/change/enqueue', '/api/v2/alerts', '/api/v2/status'),
  fc.tuple(segment, command).map(([id, name]) => `/v1/incidents/${id}/${name}`),
  command.map((name) => `/v1/incidents/${incidentId}/${name}`),
  segment.map((id) => `/v1/incidents/${id}/timeline`),
  segment.map((query) => `/v1/incidents?${query}=${query}`),
  fc
    .tuple(fc.constantFrom('state', 'q', 'limit', 'cursor', 'severity'), segment)
    .map(([name, value]) => `/v1/alerts?${name}=${value}`),
  fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
);

describe('malformed input', () => {
  it('is never answered with a 5xx, and every refusal has a code', async () => {
    const { app, lines } = createFakeApp();
    await fc.assert(
      fc.asyncProperty(
        method,
        path,
        contentType,
        headerText,
        body,
        async (verb, url, type, text, payload) => {
          const headers = { ...authorized, 'content-type': type, 'x-request-id': text, traceparent: text };
          const response = await app.inject({
            method: verb,
            url,
            headers,
            ...(verb !== 'GET' && { payload }),
          });
          expect(response.statusCode).toBeLessThan(500);
          if (response.statusCode < 400 || verb === 'HEAD') return;
          expect(response.headers['content-type']).toContain('application/problem+json');
          expect(response.json()).toMatchObject({ code: expect.any(String), status: response.statusCode });
        },
      ),
      { ...runs, verbose: 1 },
    );
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('never gets a command to the saga that the schema would not allow', async () => {
    const fake = createFakeApp();
    await fc.assert(
      fc.asyncProperty(command, body, async (name, payload) => {
        const before = fake.commanded.length;
        const headers = { ...authorized, 'content-type': 'application/json' };
        const url = `/v1/incidents/${incidentId}/${name}`;
        const response = await fake.app.inject({ method: 'POST', url, headers, payload });
        expect(fake.commanded.length - before).toBe(response.statusCode === 200 ? 1 : 0);
        if (response.statusCode !== 200) return;
        const sent = JSON.parse(payload.toString());
        expect(typeof sent.by).toBe('string');
        expect(sent.by.trim()).not.toBe('');
      }),
      { ...runs, verbose: 1 },
    );
  });
});
