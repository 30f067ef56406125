/**
 * SQL: rows exist when an incident of that workflow was closed although its alerts fired, by a human or because nothing
 * was heard of them, and had already taken in the place where the episode of `asked` fired. Such an episode stays quiet
 * until it clears and fires anew, or returns (`returning-alerts.ts`).
 */
export function coveredByHuman(workflowId: string): string {
  return `
SELECT FROM incident_views AS covering
WHERE covering.workflow_id = ${workflowId} AND covering.resolved_reason IN ('by_human', 'unheard')
  AND (covering.positions ->> asked.fired_lane::text)::bigint >= asked.fired_position`;
}
