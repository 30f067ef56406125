import { stormLabel } from '../suppression/storm-label.ts';
import type { Incident } from './incident.ts';

/** The title of a page; one that collects a storm says how much stands behind the alert that it is named after. */
export function pageTitleOf({
  title,
  groupLabels,
  attached,
}: Pick<Incident, 'title' | 'groupLabels' | 'attached'>): string {
  const isStorm = Object.hasOwn(groupLabels, stormLabel);
  return isStorm && attached > 1 ? `${title} and ${withCommas(attached - 1)} more` : title;
}

/** `9999` as `9,999`: without Intl, whose data may differ between the workers that replay a workflow. */
function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
