/**
 * SQL: rows exist when a human resolved an incident of that workflow which had already taken in the place where the
 * episode of `asked` fired. Such an episode stays quiet until it clears and fires anew.
 */
export function coveredByHuman(workflowId: string): string {
  return `
SELECT FROM incident_views AS covering
WHERE covering.workflow_id = ${workflowId} AND covering.resolved_reason = 'by_human'
  AND (covering.positions ->> asked.fired_lane::text)::bigint >= asked.fired_position`;
}
