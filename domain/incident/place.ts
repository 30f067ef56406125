/** Which step of which round. */
export interface Place {
  readonly round: number;
  readonly step: number;
}

export function isAt(a: Place | undefined, b: Place | undefined): boolean {
  return a !== undefined && b !== undefined && a.round === b.round && a.step === b.step;
}
