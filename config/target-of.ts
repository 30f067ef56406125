import type { PolicyTarget } from '../domain/policy/policy.ts';
import { toTarget } from './build-channels.ts';
import type { TocsinConfig } from './config.ts';

type Names = Pick<TocsinConfig, 'channels' | 'users' | 'schedules'>;

/** What `channel:ops`, `user:amy` or `schedule:payments` names in a configuration; undefined when it names nothing. */
export function targetOf(text: string, { channels, users, schedules }: Names): PolicyTarget | undefined {
  const [, kind, name] = /^(channel|user|schedule):([\w.-]+)$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  switch (kind) {
    case 'user':
      return users.has(name) ? { kind, name: text, user: name } : undefined;
    case 'schedule':
      return schedules.has(name) ? { kind, name: text, schedule: name } : undefined;
    default: {
      const channel = channels.get(name);
      return channel && toTarget('channel', channel);
    }
  }
}
