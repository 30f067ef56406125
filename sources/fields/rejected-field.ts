/** Thrown inside a parser to leave one alert; it becomes an entry of `rejected` and never gets out. */
export class RejectedField extends Error {
  /** JSON pointer (RFC 6901) that starts at the alert; empty for the alert itself. */
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.name = 'RejectedField';
    this.path = path;
  }
}
