import type { Migration } from "./migration.js";

/**
 * What an attempt away from its driver says is told by a turn that is asked for elsewhere: all workers need not look for
 * runs because of it, once a stage and more.
 */
export const attemptsUntold: Migration = {
  version: 25,
  name: "attempts-untold",
  sqlite: [],
  postgres: [
    "DROP TRIGGER inbox_tell ON inbox",
    `CREATE TRIGGER inbox_tell AFTER INSERT ON inbox FOR EACH ROW
      WHEN (new.body NOT LIKE '{"type":"attempt"%') EXECUTE FUNCTION tell_run()`,
  ],
};
