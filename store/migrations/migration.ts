/** One step of the schema. Once released it never changes; what is wrong is put right by a later one. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}
