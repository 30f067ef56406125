import { eventLog } from './0001-event-log.ts';
import { views } from './0002-views.ts';
import { sourceHeartbeats } from './0003-source-heartbeats.ts';
import { archive } from './0004-archive.ts';
import { quietAlerts } from './0005-quiet-alerts.ts';
import { loneWriting } from './0006-lone-writing.ts';
import { jsonAsText } from './0007-json-as-text.ts';
import { people } from './0008-people.ts';
import { deliveries } from './0009-deliveries.ts';
import { returningAlerts } from './0010-returning-alerts.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  eventLog,
  views,
  sourceHeartbeats,
  archive,
  quietAlerts,
  loneWriting,
  jsonAsText,
  people,
  deliveries,
  returningAlerts,
];
