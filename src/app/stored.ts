/** What is done with the project's store and its runs. Loaded when it is first done: to read a definition takes none of it. */
export { copyDatabase } from "./copy.js";
export { costsOf } from "./costs.js";
export { driveRun } from "./drive.js";
export { migrateRun } from "./migrate.js";
export { decide, findApproval } from "./people.js";
export { retraceRun } from "./retrace.js";
export { findRun, followRun, sendTo, stageInput, viewRun } from "./runs.js";
export { openScheduler } from "./schedules/index.js";
export { forkRun, startRun } from "./start.js";
export { work } from "./work.js";
