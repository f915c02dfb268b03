/** One code: its name, what it means, and how to mend what it is about. */
export type Row = readonly [code: string, means: string, mend: string];
