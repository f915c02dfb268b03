/** One step of the schema. Numbered from 1 in the order they are applied; never edited once released. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sqlite: readonly string[];
  /** Instead of views and triggers; its tables and indexes are those of `sqlite`, in PostgreSQL's words. */
  readonly postgres?: readonly string[];
}
