import type { Migration } from "../../core/migrate.js";
import type { Paint } from "./style.js";
import { type Column, table } from "./table.js";

type Change = Migration["changes"][number];

/** How the definition differs, and what comes of it for the run. */
export function migrationText({ changes, words }: Migration, paint: Paint): string {
  if (changes.length === 0 && words.length === 0) return "the definition is the one the run goes by already";
  const columns: Column<Change>[] = [
    { title: "STAGE", cell: ({ stage }) => stage },
    { title: "CHANGE", cell: ({ change, words }) => (words.length === 0 ? change : `${change}: ${words.join(", ")}`) },
    { title: "THEN", cell: ({ outlook }) => outlook },
  ];
  const stages = changes.length === 0 ? [] : [table(changes, columns, (head) => paint("dim", head))];
  const rest = words.length === 0 ? [] : [`changed of the workflow: ${words.join(", ")}`];
  return [...stages, ...rest].join("\n");
}
