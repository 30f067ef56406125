/** Thrown inside the parser to leave one alert; it becomes an entry of `rejected` and never gets out. */
export class RejectedField extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.name = 'RejectedField';
    this.path = path;
  }
}
