import { definePlugin } from "stagecraft/plugin";
import { readStage } from "./read-stage.js";
import { writeStage } from "./write-stage.js";

export default definePlugin({
  name: "data",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "data-source",
      means: "A `data.read` does not say exactly one place to read from: a file, or a database with `sql`.",
      mend: "Give `file`, or `database` and `sql`, and only the keys that go with it.",
    },
    {
      code: "data-target",
      means: "A `data.write` does not say exactly one place to write to: a file, or a table of a database.",
      mend: "Give `file`, or `database` and `table`, and only the keys that go with it.",
    },
  ],
  stages: [readStage, writeStage],
});
