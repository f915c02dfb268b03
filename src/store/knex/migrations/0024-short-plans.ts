import type { Migration } from "./migration.js";

/** Changes no table: plans of very many stages are kept in a form that programs before this one cannot read. */
export const shortPlans: Migration = { version: 24, name: "short-plans", sqlite: [] };
