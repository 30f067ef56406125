import { expect, test } from 'vitest';
import type { ReloadReason } from '../config/reload-ports.ts';
import {
  configText,
  createTempConfig,
  openTestHolder,
  type TempConfig,
} from '../config/testing/temp-config.ts';
import { createChannelNotifiers } from './channel-notifiers.ts';

const logger = { warn() {}, error() {} };

async function openNotifiers(file: TempConfig, pauseMs = 0) {
  const { holder, outcomes } = await openTestHolder(file);
  const reasons: ReloadReason[] = [];
  const counting = {
    ...holder,
    reload(reason: ReloadReason) {
      reasons.push(reason);
      return holder.reload(reason);
    },
  };
  const notifiers = createChannelNotifiers({ holder: counting, logger, write() {}, now: Date.now, pauseMs });
  return { holder, outcomes, reasons, notifiers };
}

test('follows the configuration in force', async () => {
  await using file = await createTempConfig();
  const { holder, notifiers, reasons } = await openNotifiers(file);
  const before = await notifiers.notifierOf('n0');
  expect(before?.provider).toBe('console');
  await file.write(configText(1));
  await holder.reload('file');
  expect((await notifiers.notifierOf('n1'))?.provider).toBe('console');
  expect(reasons).toEqual([]);
  expect(await notifiers.notifierOf('n0')).toBeUndefined();
  notifiers.close();
});

test('reads the files before it says that there is no such channel', async () => {
  await using file = await createTempConfig();
  const { holder, notifiers, reasons } = await openNotifiers(file);
  await file.write(configText(1));
  const found = await Promise.all([notifiers.notifierOf('n1'), notifiers.notifierOf('n1')]);
  expect(found.map((notifier) => notifier?.provider)).toEqual(['console', 'console']);
  expect(holder.current().channels.has('n1')).toBe(true);
  expect(reasons[0]).toBe('unknown_channel');
  notifiers.close();
});

test('pages to a channel that is gone read the files no more often than the pause allows', async () => {
  await using file = await createTempConfig();
  const { notifiers, reasons } = await openNotifiers(file, 60_000);
  expect(await notifiers.notifierOf('gone')).toBeUndefined();
  expect(reasons).toHaveLength(1);
  const waiting = Array.from({ length: 100 }, () => notifiers.notifierOf('gone'));
  const known = await notifiers.notifierOf('n0');
  expect(known?.provider).toBe('console');
  expect(reasons).toHaveLength(1);
  expect(waiting).toHaveLength(100);
  notifiers.close();
});

test('has no channel when the files cannot be read, and does not fail for it', async () => {
  await using file = await createTempConfig();
  const { notifiers, outcomes } = await openNotifiers(file);
  await file.write('nonsense');
  expect(await notifiers.notifierOf('n1')).toBeUndefined();
  expect((await notifiers.notifierOf('n0'))?.provider).toBe('console');
  expect(outcomes).toEqual(['invalid']);
  notifiers.close();
});

test('allows other private addresses with the configuration that lists them', async () => {
  const hook = (more: string) =>
    configText(0).replace(
      'console }',
      'webhook, url: "https://hook.example.org/x", secret: 0123456789abcdef }',
    ) + more;
  await using file = await createTempConfig(hook(''));
  const { holder, notifiers } = await openNotifiers(file);
  const before = await notifiers.notifierOf('n0');
  await file.write(hook('outbound: { allow_private: ["10.0.0.0/8"] }'));
  await holder.reload('file');
  const after = await notifiers.notifierOf('n0');
  expect(after?.provider).toBe('webhook');
  expect(after).not.toBe(before);
  notifiers.close();
});
