/** One step of the schema. Numbered from 1 without gaps; never edited once released. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sqlite: readonly string[];
}
