import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Schedule, User } from '../../domain/people/people.ts';
import type { StepQuestion } from '../../domain/people/step-resolution.ts';
import { aLayer, aSchedule } from '../../domain/people/testing/a-schedule.ts';
import { createOverrideDesk, type OverrideDesk } from '../../ingest/override-desk.ts';
import { readOverrideHeads } from '../../store/override-streams.ts';
import { readTurns, takeTurn } from '../../store/round-robin.ts';
import { createDirectory } from '../../workers/directory.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

let store: TestStore;
let desk: OverrideDesk;
let other: OverrideDesk;
beforeAll(async () => {
  store = await openTestStore();
  [desk, other] = [await openDesk(), await openDesk()];
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
});

const metadata = { via: 'api', requestId: 'r-1' };
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const users = new Map(['amy', 'bo', 'cy'].map((name) => [name, aUser(name)]));

function aUser(name: string): User {
  const channel = `user:${name}/phone`;
  const phone = { kind: 'contact', name: channel, channel, provider: 'console', updates: false } as const;
  return { name, timeZone: 'UTC', contacts: new Map([['phone', phone]]), rules: { high: [], low: [] } };
}

/** One for each test: overrides of others are none of its business. */
function aScheduleOf(name: string): Schedule {
  return aSchedule({ name, layers: [aLayer({ users: ['amy'] })] });
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const schedules = new Map(names.map((name) => [name, aScheduleOf(name)]));

/** One process's desk, with a lane of its own. */
async function openDesk(): Promise<OverrideDesk> {
  return createOverrideDesk({
    writer: await store.openWriter(),
    log: store.log,
    readHeads: (query) => readOverrideHeads(store.database, query),
    people: () => ({ users, schedules }),
    logger: silent,
    newId: randomUUID,
    now: Date.now,
  });
}

const aRequest = (schedule: string, changes: object = {}) => ({
  schedule,
  user: 'bo',
  start: 'now',
  end: inMs(3_600_000),
  by: 'amy',
  ...changes,
});

function openDirectory(now: () => number = Date.now) {
  const config = () => ({ users, schedules, timeIntervals: new Map() });
  return createDirectory({ database: store.database, config, logger: silent, now });
}

function aQuestion(schedule: string, changes: Partial<StepQuestion> = {}): StepQuestion {
  return {
    tenant: 'default',
    incidentId: 'i',
    policy: `policy-${schedule}`,
    round: 0,
    step: 0,
    atMs: Date.now(),
    targets: [{ kind: 'schedule', name: `schedule:${schedule}`, schedule }],
    when: [],
    fallback: [],
    urgency: 'high',
    severity: 'critical',
    labels: {},
    alertCount: 1,
    openedAt: inMs(0),
    ...changes,
  };
}

async function pagedBy(directory: ReturnType<typeof openDirectory>, question: StepQuestion) {
  const resolution = await directory.resolve(question);
  return resolution.kind === 'page' ? resolution.people.map(({ user }) => user) : resolution.kind;
}

test('an override that starts now is what a worker answers next, and no longer once it was ended', async () => {
  expect(await pagedBy(openDirectory(), aQuestion('a'))).toEqual(['amy']);
  const { id } = await desk.create(aRequest('a'), metadata);
  expect(await pagedBy(openDirectory(), aQuestion('a'))).toEqual(['bo']);
  await other.end(id, 'cy', metadata);
  expect(await pagedBy(openDirectory(), aQuestion('a', { atMs: Date.now() + 1 }))).toEqual(['amy']);
});

test('a worker believes what it read of overrides for a second, and no longer', async () => {
  let nowMs = Date.now();
  const directory = openDirectory(() => nowMs);
  expect(await pagedBy(directory, aQuestion('b'))).toEqual(['amy']);
  await desk.create(aRequest('b'), metadata);
  nowMs += 999;
  expect(await pagedBy(directory, aQuestion('b'))).toEqual(['amy']);
  nowMs += 1;
  expect(await pagedBy(directory, aQuestion('b'))).toEqual(['bo']);
});

test('an override counts also after the clock of a worker was put back', async () => {
  let nowMs = Date.now();
  const directory = openDirectory(() => nowMs);
  expect(await pagedBy(directory, aQuestion('g'))).toEqual(['amy']);
  await desk.create(aRequest('g'), metadata);
  nowMs -= 3_600_000;
  expect(await pagedBy(directory, aQuestion('g'))).toEqual(['bo']);
});

test('a failed read is not remembered', async () => {
  let isAway = true;
  const database: TestStore['database']['query'] = (text, values) =>
    isAway ? Promise.reject(new Error('away')) : store.database.query(text, values);
  const config = () => ({ users, schedules, timeIntervals: new Map() });
  const directory = createDirectory({ database: { query: database }, config, logger: silent, now: () => 0 });
  await expect(directory.resolve(aQuestion('c'))).rejects.toThrow('away');
  isAway = false;
  expect(await pagedBy(directory, aQuestion('c'))).toEqual(['amy']);
});

test('of two overrides the one that was made later wins, whichever server took it', async () => {
  await desk.create(aRequest('d'), metadata);
  const later = await other.create(aRequest('d', { user: 'cy' }), metadata);
  expect(await pagedBy(openDirectory(), aQuestion('d'))).toEqual(['cy']);
  await desk.end(later.id, 'amy', metadata);
  expect(await pagedBy(openDirectory(), aQuestion('d', { atMs: Date.now() + 1 }))).toEqual(['bo']);
});

test('one that cannot be read keeps no other waiting', async () => {
  const broken = await desk.create(aRequest('e'), metadata);
  await store.database.query('UPDATE event_log SET schema_version = 99 WHERE stream_id = $1', [
    `override-${broken.id}`,
  ]);
  const whole = await desk.create(aRequest('e', { user: 'cy' }), metadata);
  const listed = (await desk.list(Date.now())).map(({ id }) => id);
  expect(listed).toContain(whole.id);
  expect(listed).not.toContain(broken.id);
  expect(await pagedBy(openDirectory(), aQuestion('e'))).toEqual(['cy']);
});

test('who did what stands in the log; ending twice, from two servers at once, is one event', async () => {
  const { id } = await desk.create(aRequest('f'), metadata);
  const ended = await Promise.all([desk.end(id, 'bo', metadata), other.end(id, 'bo', metadata)]);
  expect(ended[0].endsAt).toBe(ended[1].endsAt);
  const events = await store.log.readStream(`override-${id}`);
  expect(
    events.map(({ body, metadata: it }) => [body.type, (body.data as { by: string }).by, it.requestId]),
  ).toEqual([
    ['OverrideCreated', 'amy', 'r-1'],
    ['OverrideEnded', 'bo', 'r-1'],
  ]);
});

test('what nobody knows is refused', async () => {
  await expect(desk.create(aRequest('web'), metadata)).rejects.toMatchObject({ code: 'schedule_not_found' });
  await expect(desk.create(aRequest('a', { user: 'bob' }), metadata)).rejects.toMatchObject({
    code: 'invalid_command',
    path: '/user',
    detail: 'there is no user of this name; did you mean "bo"?',
  });
  await expect(desk.end(randomUUID(), 'amy', metadata)).rejects.toMatchObject({ code: 'override_not_found' });
});

test('turns go round over all workers, each taken once', async () => {
  const question = aQuestion('f', {
    policy: 'in-turn',
    roundRobin: true,
    targets: ['amy', 'bo', 'cy'].map((user) => ({ kind: 'user', name: `user:${user}`, user })),
  });
  const workers = [openDirectory(), openDirectory()];
  const paged: unknown[] = [];
  for (const index of Array.from({ length: 6 }).keys()) {
    paged.push(await pagedBy(workers[index % 2] ?? openDirectory(), question));
  }
  expect(paged.flat()).toEqual(['amy', 'bo', 'cy', 'amy', 'bo', 'cy']);
  const turns = await Promise.all(Array.from({ length: 50 }, () => takeTurn(store.database, 'many')));
  expect(turns.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
  expect(await readTurns(store.database, ['many', 'default/in-turn/0', 'nobody'])).toEqual(
    new Map([
      ['many', 50],
      ['default/in-turn/0', 6],
    ]),
  );
});

test('a question without a choice takes no turn', async () => {
  await pagedBy(openDirectory(), aQuestion('f', { policy: 'alone', roundRobin: true }));
  expect(await readTurns(store.database, ['default/alone/0'])).toEqual(new Map());
});
