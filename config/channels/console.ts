import { defineChannel } from './define-channel.ts';

export const consoleChannel = defineChannel({
  type: 'console',
  meaning: 'One line on the standard output of the worker.',
  fields: {},
  updates: { byDefault: true, meaning: 'Whether it prints acknowledgement and resolution too.' },
  build: () => ({ destination: { provider: 'console' }, identity: {} }),
});
