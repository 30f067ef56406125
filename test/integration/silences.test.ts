import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSilenceBook, type SilenceBook } from '../../domain/silence/silence-book.ts';
import { createSilenceDesk, type SilenceDesk } from '../../ingest/silence-desk.ts';
import { readSilenceVersions } from '../../store/silence-streams.ts';
import { openTestStore, silent, type TestStore } from '../support/test-store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
});

const actor = { tenant: 'default', metadata: { via: 'api', requestId: 'r-1' } };
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

function aRequest(changes: object = {}) {
  return { matchers: ['team="db"'], endsAt: soon(), by: 'amy', comment: 'maintenance', ...changes };
}

/** One process's desk, with a lane of its own. */
async function openDesk(): Promise<{ desk: SilenceDesk; book: SilenceBook; close(): Promise<void> }> {
  const writer = await store.openWriter();
  const book = createSilenceBook();
  const desk = createSilenceDesk({
    writer,
    log: store.log,
    readVersions: () => readSilenceVersions(store.database),
    book,
    logger: silent,
    newId: randomUUID,
    now: Date.now,
  });
  return { desk, book, close: () => writer.close() };
}

const finds = (book: SilenceBook) => book.find('default', { team: 'db' }, Date.now() + 1)?.id;

test('a silence holds at once where it was asked for, and elsewhere with the next look', async () => {
  const [a, b] = [await openDesk(), await openDesk()];
  const silence = await a.desk.create(aRequest(), actor);
  expect(finds(a.book)).toBe(silence.id);
  expect(finds(b.book)).toBeUndefined();
  await b.desk.refresh();
  expect(finds(b.book)).toBe(silence.id);
  const revision = a.desk.revision();
  await b.desk.expire(silence.id, 'bo', actor);
  expect(finds(b.book)).toBeUndefined();
  await a.desk.refresh();
  expect(finds(a.book)).toBeUndefined();
  expect(a.desk.revision()).toBeGreaterThan(revision);
  await Promise.all([a.close(), b.close()]);
});

test('a silence whose event cannot be read keeps no other one, and no start, waiting', async () => {
  const before = await openDesk();
  const silence = await before.desk.create(aRequest({ matchers: ['team="unreadable"'] }), actor);
  await before.desk.refresh();
  await store.database.query(`UPDATE event_log SET schema_version = 99 WHERE stream_id = $1`, [
    `silence-${silence.id}`,
  ]);
  const { id } = await before.desk.create(aRequest({ matchers: ['team="readable"'] }), actor);
  const after = await openDesk();
  await after.desk.refresh();
  const findIn = (team: string) => after.book.find('default', { team }, Date.now() + 1)?.id;
  expect([findIn('unreadable'), findIn('readable')]).toEqual([undefined, id]);
  await Promise.all([before.close(), after.close()]);
});

test('a process that starts knows the silences of those before it', async () => {
  const before = await openDesk();
  const silence = await before.desk.create(aRequest(), actor);
  await before.close();
  const after = await openDesk();
  await after.desk.refresh();
  expect(finds(after.book)).toBe(silence.id);
  await after.desk.expire(silence.id, 'amy', actor);
  await after.close();
});

test('who did what stands in the log', async () => {
  const { desk, close } = await openDesk();
  const { id } = await desk.create(aRequest({ matchers: ['team="audit"'] }), actor);
  await desk.edit(id, aRequest({ matchers: ['team="audit"'], by: 'bo', comment: 'longer' }), actor);
  await desk.expire(id, 'cy', actor);
  const events = await store.log.readStream(`silence-${id}`);
  expect(events).toMatchObject([
    {
      version: 0,
      body: { type: 'SilenceCreated', data: { by: 'amy' } },
      metadata: { via: 'api', requestId: 'r-1' },
    },
    { version: 1, body: { type: 'SilenceEdited', data: { by: 'bo', silence: { comment: 'longer' } } } },
    { version: 2, body: { type: 'SilenceExpired', data: { by: 'cy' } } },
  ]);
  await close();
});

test('two that change one silence at once both get their way, one after the other', async () => {
  const [a, b] = [await openDesk(), await openDesk()];
  const { id } = await a.desk.create(aRequest({ matchers: ['team="both"'] }), actor);
  const edits = [a, b].map(({ desk }, index) =>
    desk.edit(id, aRequest({ matchers: ['team="both"'], comment: `edit ${index}` }), actor),
  );
  await Promise.all(edits);
  const events = await store.log.readStream(`silence-${id}`);
  expect(events.map(({ version }) => version)).toEqual([0, 1, 2]);
  await Promise.all([a.close(), b.close()]);
});

test('a silence of another tenant is not there', async () => {
  const { desk, close } = await openDesk();
  const { id } = await desk.create(aRequest({ matchers: ['team="mine"'] }), actor);
  const other = { ...actor, tenant: 'acme' };
  const notThere = expect.objectContaining({ code: 'silence_not_found' });
  await expect(desk.get(id, 'acme')).rejects.toEqual(notThere);
  await expect(desk.edit(id, aRequest(), other)).rejects.toEqual(notThere);
  await expect(desk.expire(id, 'eve', other)).rejects.toEqual(notThere);
  expect(desk.list('acme')).toEqual([]);
  expect((await desk.get(id, 'default')).id).toBe(id);
  await close();
});
