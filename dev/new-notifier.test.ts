import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scaffoldNotifier } from './notifier-scaffold.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;

describe('a new notifier', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'tocsin-new-notifier-'));
    for (const folder of [
      'domain',
      'config',
      'telemetry',
      'notifiers',
      'test/support',
      'dev/notifier-template',
    ]) {
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
    }
    for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts']) {
      cpSync(join(root, file), join(copy, file));
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    run('dev/new-notifier.ts', 'google_chat');
  }, 120_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  function run(script: string, ...args: string[]): string {
    return execFileSync(process.execPath, [join(root, script), ...args], { cwd: copy, encoding: 'utf8' });
  }

  it('has its folder, test server, channel type and page', () => {
    for (const path of [
      'notifiers/google-chat/google-chat-notifier.ts',
      'notifiers/google-chat/google-chat-message.ts',
      'notifiers/google-chat/google-chat-notifier.test.ts',
      'test/support/fake-google-chat.ts',
      'config/channels/google-chat.ts',
      'docs/how-to/google-chat.md',
    ]) {
      expect(readFileSync(join(copy, path), 'utf8'), path).not.toContain('{{');
    }
    const page = readFileSync(join(copy, 'docs/how-to/google-chat.md'), 'utf8');
    expect(page).toContain(
      `{ type: google_chat, url: "https://google-chat.example.org/messages", token: "\${GOOGLE_CHAT_TOKEN}" }`,
    );
  });

  it('compiles, with all that must know of it', () => {
    const include = [
      'notifiers/google-chat/*.ts',
      'notifiers/create-notifiers.ts',
      'config/channels/channel-types.ts',
    ];
    writeFileSync(join(copy, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.json', include }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(
      process.execPath,
      [compiler, '--noEmit', '-p', 'tsconfig.new.json'],
      {
        cwd: copy,
        encoding: 'utf8',
      },
    );
    expect([stdout, status]).toEqual(['', 0]);
  }, 120_000);

  it('keeps the contract of all notifiers', () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporter = ['--reporter', 'json', '--outputFile', 'report.json'];
    const args = [vitest, 'run', '--project', 'unit', ...reporter, 'notifiers/google-chat'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    const report = JSON.parse(readFileSync(join(copy, 'report.json'), 'utf8')) as Record<string, unknown>;
    expect({ ...report, stdout, stderr }).toMatchObject({
      success: true,
      numFailedTests: 0,
      numTodoTests: 4,
    });
    expect(report.numPassedTests).toBeGreaterThan(20);
  }, 120_000);

  it('is refused where one is already, and nothing is overwritten', () => {
    const before = readFileSync(join(copy, 'notifiers/create-notifiers.ts'), 'utf8');
    expect(() => run('dev/new-notifier.ts', 'google_chat')).toThrow('is there already');
    expect(readFileSync(join(copy, 'notifiers/create-notifiers.ts'), 'utf8')).toBe(before);
  });
});

describe('the name of a new notifier', () => {
  it.each(['', 'GoogleChat', 'google-chat', '../evil', 'a b', '1st', 'a__b', 'x'.repeat(31)])(
    'is not %j',
    (provider) => {
      expect(() => scaffoldNotifier({ provider, read })).toThrow('lower-case letters');
    },
  );

  it('is none that is there', () => {
    expect(() => scaffoldNotifier({ provider: 'slack', read })).toThrow(
      'notifiers/slack/slack-notifier.ts is there',
    );
  });

  it('needs every place as it was', () => {
    const changed = (path: string) =>
      path === 'notifiers/create-notifiers.ts' ? 'something else' : read(path);
    expect(() => scaffoldNotifier({ provider: 'google_chat', read: changed })).toThrow(
      'create-notifiers.ts has no longer',
    );
  });
});
