import { eventLog } from './0001-event-log.ts';
import { views } from './0002-views.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [eventLog, views];
