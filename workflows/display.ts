import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { isRunning } from '../domain/incident/chains.ts';
import type { Incident } from '../domain/incident/incident.ts';
import { searchAttributesOf } from '../domain/incident/search-attributes.ts';
import { type Due, duesOf } from '../domain/policy/dues.ts';

/** What the Temporal Web UI shows of a saga: details for readers, search attributes for filters. */
export function display(incident: Incident): void {
  setCurrentDetails(detailsOf(incident));
  const known = workflowInfo().typedSearchAttributes;
  const changed = Object.entries(wanted(incident)).flatMap(([name, value]) => {
    const key = defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
    return known.get(key) === value ? [] : [{ key, value }];
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function wanted({ id, tenant, route, groupLabels, severity, status, samples }: Incident) {
  const subject = { tenant, route, groupLabels };
  return searchAttributesOf({
    incidentId: id,
    subject,
    severity,
    state: status,
    labels: samples[0]?.labels ?? {},
  });
}

function detailsOf(incident: Incident): string {
  const { ladder, policy } = incident;
  const lines = [
    `**${escapeMarkdown(incident.title)}**`,
    `${incident.severity}, ${stateOf(incident)}`,
    `incident ${incident.id}, alerts: ${incident.attached} attached, ${incident.cleared} cleared`,
  ];
  if (ladder !== undefined) {
    lines.push(
      `policy ${policy.name}, configuration ${policy.configVersion}: step ${ladder.step + 1} of ${policy.steps.length}, round ${ladder.round + 1}`,
    );
  }
  lines.push(...chainsOf(incident), ...nextOf(incident));
  lines.push(
    `${incident.delivered} delivered, ${incident.pending.length} under way, ${incident.deadLettered} dead letters`,
  );
  return lines.join('\n\n');
}

/** Users whose contacts are paged one after the other. */
function chainsOf({ status, chains }: Incident): string[] {
  if (status !== 'open') return [];
  return chains.filter(isRunning).map(({ user, next, contacts }) => {
    const names = contacts.slice(next).map(({ target }) => target.name);
    return escapeMarkdown(`${user}: ${next} of ${contacts.length} contacts paged, then ${names.join(', ')}`);
  });
}

function stateOf(incident: Incident): string {
  switch (incident.status) {
    case 'open':
      return `open since ${incident.openedAt}`;
    case 'acknowledged':
      return `acknowledged by ${escapeMarkdown(incident.acknowledgedBy ?? '')} at ${incident.acknowledgedAt}`;
    case 'snoozed':
      return `snoozed until ${incident.snoozedUntil}`;
    case 'resolved':
      return `resolved at ${incident.resolvedAt}${incident.resolvedBy === undefined ? '' : ` by ${escapeMarkdown(incident.resolvedBy)}`}`;
  }
}

/** What comes by itself, the soonest first. */
export const dueNames: Readonly<Record<Due['what'], string>> = {
  step: 'the next step',
  exhaustion: 'the last round ends',
  contact: 'the next contact of somebody who is paged',
  reminder: 'a reminder',
  acknowledgement_end: 'the acknowledgement runs out',
  auto_resolve: 'it resolves, if nothing more is heard',
  resolve: 'it resolves, if nothing fires again',
};

const maxShownDues = 5;

function nextOf(incident: Incident): string[] {
  const dues = duesOf(incident).sort((a, b) => a.dueMs - b.dueMs);
  if (dues.length === 0) {
    return [
      incident.ladder?.exhausted
        ? 'next: nothing, every round was paged without an answer'
        : 'next: nothing is due',
    ];
  }
  return dues
    .slice(0, maxShownDues)
    .map(({ what, dueMs }) => `next: ${dueNames[what]}, ${new Date(dueMs).toISOString()}`);
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&');
}
