/** From `from` up to and including `to`, in the units of the field that it stands in. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** One set of conditions; all that are present must hold, and of each list one range. Alertmanager's `time_interval`. */
export interface TimeConditions {
  /** Minutes of the day, `to` excluded: 0 to 1,440. */
  readonly times?: readonly NumberRange[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly NumberRange[];
  /** 1 to 31, or from the month's end: -1 is its last day. */
  readonly daysOfMonth?: readonly NumberRange[];
  /** 1 is January. */
  readonly months?: readonly NumberRange[];
  readonly years?: readonly NumberRange[];
}

/** A named, recurring span of time: it is active while any of its conditions hold in its time zone. */
export interface TimeInterval {
  readonly name: string;
  /** IANA, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly intervals: readonly TimeConditions[];
}
