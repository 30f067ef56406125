import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeApp, nowMs, token } from '../api/fake-app.ts';
import { overrideId } from '../api/fake-schedules.ts';
import { runOncall } from './oncall.ts';
import { readOncallOptions } from './oncall-options.ts';

const env = { TOCSIN_TOKEN: token, USER: 'amy' };
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The real HTTP application on a port of its own. */
async function aServer() {
  const { app } = createFakeApp();
  const server = await app.listen({ port: 0, host: '127.0.0.1' });
  const oncall = (...args: string[]) => runOncall(readOncallOptions([...args, '--server', server], env), env);
  return { oncall, [Symbol.asyncDispose]: () => app.close() };
}

const iso = (offsetMs: number) => new Date(nowMs + offsetMs).toISOString();

test('who and next are a line for each schedule', async () => {
  await using server = await aServer();
  expect(await server.oncall('who')).toBe(0);
  expect(await server.oncall('next')).toBe(0);
  expect(await server.oncall('who', 'office', '--at', '2026-01-06T00:00:00Z')).toBe(0);
  expect(printed).toEqual([
    'payments  amy  until 2026-01-12T08:00:00.000Z  layer 0',
    'office  amy  until 2026-01-05T17:00:00.000Z  layer 0',
    'payments  bo  from 2026-01-12T08:00:00.000Z',
    'office  amy  from 2026-01-12T09:00:00.000Z',
    'office  nobody',
  ]);
});

test('JSON is what the server says, one object a line', async () => {
  await using server = await aServer();
  await server.oncall('who', 'payments', '-o', 'json');
  expect(JSON.parse(printed[0] ?? '')).toMatchObject({ schedule: 'payments', user: 'amy' });
});

test('gaps of all schedules are listed, and fail the command', async () => {
  await using server = await aServer();
  expect(await server.oncall('gaps', '--until', '2026-01-12T10:00:00Z')).toBe(1);
  expect(printed).toEqual(['office  2026-01-05T17:00:00.000Z  2026-01-12T09:00:00.000Z']);
  expect(await server.oncall('gaps', 'payments')).toBe(0);
});

test('an override is made, listed and ended', async () => {
  await using server = await aServer();
  await server.oncall('override', 'payments', 'bo', '--for', '2h');
  await server.oncall('overrides', 'payments');
  await server.oncall('who', 'payments');
  await server.oncall('end', overrideId, '--by', 'cy');
  const line = (status: string, end: number) =>
    `${overrideId}  payments  bo  ${status}  ${iso(0)}  ${iso(end)}  by amy`;
  expect(printed).toEqual([
    line('active', 7_200_000),
    line('active', 7_200_000),
    `payments  bo  until ${iso(7_200_000)}  override ${overrideId}`,
    line('ended', 0),
  ]);
});

test('the reason of a refusal is told', async () => {
  await using server = await aServer();
  await expect(server.oncall('who', 'web')).rejects.toThrow('404: there is no such schedule');
  await expect(server.oncall('end', overrideId)).rejects.toThrow('404: there is no such override');
});

describe('options', () => {
  test('an override is from now on, unless it is said otherwise', () => {
    const read = (...args: string[]) => readOncallOptions(['override', 'payments', 'bo', ...args], env);
    expect(read('--for', '2h')).toMatchObject({ body: { user: 'bo', for: '2h', by: 'amy' } });
    expect(read('--from', iso(0), '--until', iso(1), '--by', 'cy')).toMatchObject({
      schedule: 'payments',
      body: { user: 'bo', start: iso(0), end: iso(1), by: 'cy' },
    });
  });

  test.each([
    [[], 'oncall knows 6 things'],
    [['whom'], 'oncall knows 6 things'],
    [['who', 'a', 'b'], 'one schedule at most'],
    [['who', '--for', '2h'], '--for is not for oncall who'],
    [['gaps', '--at', 'x'], '--at is not for oncall gaps'],
    [['overrides'], 'needs one schedule'],
    [['override', 'payments', '--for', '2h'], 'needs a schedule and a user'],
    [['override', 'payments', 'bo'], 'either --for or --until'],
    [['override', 'payments', 'bo', '--for', '2h', '--until', 'x'], 'either --for or --until'],
    [['end'], 'the id of one override'],
    [['who', '--server', 'tocsin'], 'must be a URL'],
    [['who', '-o', 'yaml'], 'text or json'],
    [['who', '--everything'], ''],
  ])('%j is refused', (args, reason) => {
    expect(() => readOncallOptions(args, env)).toThrow(reason);
  });
});
