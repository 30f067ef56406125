/** The engine's deterministic clock: in a workflow, `Date.now()` is the time at which its task began, and replays alike. */
export function workflowNowMs(): number {
  return Date.now();
}
