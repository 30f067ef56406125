import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { TocsinError } from '../domain/errors.ts';
import type { TocsinConfig } from './config.ts';
import { readConfig } from './config-reading.ts';
import { findSource } from './source-keys.ts';
import { configText, createTempConfig, openTestHolder } from './testing/temp-config.ts';

const broken = 'version: 1\nroutes: [{ policy: nobody }]\n';

test('swaps the whole snapshot under a new version', async () => {
  await using file = await createTempConfig();
  const { holder, outcomes, gauges } = await openTestHolder(file);
  const before = holder.current();
  const heard: [number, number][] = [];
  const stop = holder.onChange((after, old) => heard.push([after.version, old.version]));
  await file.write(configText(1));
  expect(await holder.reload('request')).toMatchObject({ ok: true, changed: true, version: 2, warnings: [] });
  expect(numbersOf(before)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(numbersOf(holder.current())).toEqual([1, 1, 1, 1, 1, 1]);
  expect(holder.current().policies.get('n1')?.configVersion).toBe(2);
  expect(heard).toEqual([[2, 1]]);
  expect(gauges).toEqual({ version: 2, inForce: 1 });
  stop();
  await file.write(configText(2));
  await holder.reload('request');
  expect(heard).toHaveLength(1);
  expect(outcomes).toEqual(['changed', 'changed']);
});

test('a bad file changes nothing, is told with its line and reason, and is forgotten once it is mended', async () => {
  await using file = await createTempConfig();
  const { holder, lines, outcomes, gauges } = await openTestHolder(file);
  const before = holder.current();
  await file.write(broken);
  const result = await holder.reload('file');
  const problem = expect.objectContaining({
    file: file.path,
    line: 2,
    path: 'routes[0].policy',
    reason: 'there is no policy of this name',
  });
  expect(result).toEqual({ ok: false, problems: expect.arrayContaining([problem]) });
  expect(holder.current()).toBe(before);
  expect(holder.lastProblem()?.problems).toContainEqual(problem);
  expect(holder.status()).toMatchObject({ version: 1, lastProblem: { atMs: 1_767_603_600_000 } });
  expect(gauges).toEqual({ version: 1, inForce: 0 });
  expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
    { fields: { problems: expect.arrayContaining([expect.stringMatching(/tocsin\.yml:2:\d+: routes/)]) } },
  ]);
  await file.write(configText(0));
  expect(await holder.reload('file')).toMatchObject({ ok: true, changed: false });
  expect(holder.lastProblem()).toBeUndefined();
  expect(holder.current()).toBe(before);
  expect(gauges.inForce).toBe(1);
  expect(outcomes).toEqual(['invalid', 'unchanged']);
});

test('takes up a rotated key, which is no new version', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file);
  const { hash } = holder.current();
  await file.writeKey('another-key-0123456789');
  expect(await holder.reload('file')).toMatchObject({ ok: true, changed: true, version: 1, hash });
  expect(findSource(holder.current(), 'another-key-0123456789')?.name).toBe('s');
  expect(findSource(holder.current(), 'key-of-s-0123456789')).toBeUndefined();
});

test('changes nothing while the version cannot be registered, and can be asked again', async () => {
  await using file = await createTempConfig();
  let isAway = false;
  const { holder, outcomes } = await openTestHolder(file, {
    async register() {
      if (isAway) throw new TocsinError('store_unavailable');
      return 5;
    },
  });
  const before = holder.current();
  isAway = true;
  await file.write(configText(1));
  await expect(holder.reload('request')).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(holder.current()).toBe(before);
  expect(holder.lastProblem()?.problems[0]?.reason).toContain('could not be taken up');
  isAway = false;
  expect(await holder.reload('file')).toMatchObject({ ok: true, changed: true });
  expect(holder.lastProblem()).toBeUndefined();
  expect(outcomes).toEqual(['failed', 'changed']);
});

test('refuses to start on a bad file with every problem', async () => {
  await using file = await createTempConfig(broken);
  await expect(openTestHolder(file)).rejects.toMatchObject({
    code: 'invalid_config',
    detail: expect.stringMatching(
      /sources: is missing.*\n.*policies: is missing.*\n.*\n.*routes\[0\]\.policy/,
    ),
  });
});

test('goes on when a file is gone, and says so', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder({ path: file.path });
  await rm(file.path);
  expect(await holder.reload('file')).toMatchObject({ ok: false, problems: [{ line: 0 }] });
  expect(numbersOf(holder.current())).toEqual([0, 0, 0, 0, 0, 0]);
});

test('warns that another address needs a restart', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file);
  await file.write(configText(0, 'listen: 127.0.0.1:9999'));
  expect(await holder.reload('signal')).toMatchObject({
    ok: true,
    changed: true,
    warnings: [{ line: 7, path: 'listen', reason: expect.stringContaining('next start') }],
  });
});

test('a listener that fails keeps the others from nothing', async () => {
  await using file = await createTempConfig();
  const { holder, lines } = await openTestHolder(file);
  const heard: number[] = [];
  holder.onChange(() => {
    throw new Error('not now');
  });
  holder.onChange(({ version }) => heard.push(version));
  await file.write(configText(1));
  expect(await holder.reload('file')).toMatchObject({ changed: true });
  expect(heard).toEqual([2]);
  expect(lines.some(({ level, message }) => level === 'error' && message.includes('part'))).toBe(true);
});

test('readers never see half a snapshot in 100 reloads of good and bad files', {
  timeout: 60_000,
}, async () => {
  await using file = await createTempConfig();
  const { holder, outcomes } = await openTestHolder(file);
  let isDone = false;
  let reads = 0;
  const seen = new Set<number>();
  const read = async (): Promise<void> => {
    while (!isDone) {
      const config = holder.current();
      const [number = -1, ...others] = numbersOf(config);
      expect(others.every((other) => other === number)).toBe(true);
      expect(config.policies.get(`n${number}`)?.configVersion).toBe(config.version);
      seen.add(number);
      reads += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const readers = Promise.all([read(), read(), read(), read()]);
  for (let round = 1; round <= 100; round += 1) {
    const isGood = round % 2 === 1;
    await file.replace(isGood ? configText(round) : configText(round).replace('steps:', 'stepz:'));
    const results = await Promise.all([holder.reload('file'), holder.reload('request')]);
    expect(results.map(({ ok }) => ok)).toEqual([isGood, isGood]);
    expect(numbersOf(holder.current())[0]).toBe(isGood ? round : round - 1);
  }
  isDone = true;
  await readers;
  expect(seen.size).toBe(51);
  expect(reads).toBeGreaterThan(200);
  expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(50);
});

test('a reload that is asked for while one runs sees what was written before it was asked for', async () => {
  await using file = await createTempConfig();
  const { holder } = await openTestHolder(file, {
    load: async (running) => {
      const reading = await readConfig(file.path, {}, running === undefined ? {} : { running });
      // written after the read, before its answer: as late as can be
      if (numbersOfReading(reading.result) === 1) await file.write(configText(2));
      return reading;
    },
  });
  await file.write(configText(1));
  const first = holder.reload('file');
  const second = holder.reload('request');
  await Promise.all([first, second]);
  expect(numbersOf(holder.current())[0]).toBe(2);
});

function numbersOfReading(result: Awaited<ReturnType<typeof readConfig>>['result']): number | undefined {
  return result.ok ? numbersOf(result.config)[0] : undefined;
}

/** The number that each part of a snapshot names. */
function numbersOf({ publicUrl, sources, router, policies, channels }: TocsinConfig): readonly number[] {
  const [policy] = policies.values();
  const texts = [publicUrl, sources[0]?.tenant, router.routes[0]?.name, policy?.name, ...channels.keys()];
  const numbers = texts.map((text) => Number(/n(\d+)/.exec(text ?? '')?.[1]));
  return [...numbers, (policy?.steps[0]?.waitMs ?? 0) / 1_000 - 1];
}
