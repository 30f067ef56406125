import type { Door } from '../domain/source/door.ts';
import type { SourceType } from '../domain/source/source-type.ts';
import { alertmanagerFormat } from './alertmanager/alertmanager.ts';
import { alertmanagerApiFormat } from './alertmanager-api/alertmanager-api.ts';
import { cloudeventsFormat } from './cloudevents/cloudevents.ts';
import { genericFormat } from './generic/generic.ts';
import { grafanaFormat } from './grafana/grafana.ts';
import { createPagerdutyFormat } from './pagerduty/pagerduty.ts';
import { pagerdutyChangeFormat } from './pagerduty/pagerduty-change.ts';
import type { SourceFormat } from './source.ts';

/** How requests are read, by the door they come through and the type of their source. */
export interface Formats {
  /** Undefined where sources of this type do not use this door. */
  find(door: Door, type: SourceType): SourceFormat | undefined;
  /** The only format of a door that has no other; undefined for doors of several. */
  onlyOneAt(door: Door): SourceFormat | undefined;
}

export interface FormatsOptions {
  /** A new, unguessable key for what its sender did not name. */
  readonly newKey: () => string;
}

export function createFormats({ newKey }: FormatsOptions): Formats {
  const pagerduty = createPagerdutyFormat({ newKey });
  const byDoor: Readonly<Record<Door, Partial<Record<SourceType, SourceFormat>>>> = {
    source: {
      alertmanager: alertmanagerFormat,
      grafana: grafanaFormat,
      pagerduty,
      cloudevents: cloudeventsFormat,
      generic: genericFormat,
    },
    'alertmanager-api': { alertmanager: alertmanagerApiFormat },
    pagerduty: { pagerduty },
    'pagerduty-change': { pagerduty: pagerdutyChangeFormat },
  };
  return {
    find: (door, type) => byDoor[door][type],
    onlyOneAt(door) {
      const [only, ...others] = Object.values(byDoor[door]);
      return others.length > 0 ? undefined : only;
    },
  };
}
