import type { Migration } from "./migration.js";

/** What the dollars of a call were worked out with. */
export const prices: Migration = {
  version: 17,
  name: "prices",
  sqlite: ["ALTER TABLE spending ADD COLUMN price TEXT"],
};
