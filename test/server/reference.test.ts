import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { BASE } from "../../src/server/route.js";
import { apiRoutes } from "../../src/server/server.js";
import { ROOT } from "../support/reading.js";

const unused = () => {
  throw new Error("nobody logs in here");
};

it("the reference names every operation of the API, who may, and what it does", () => {
  const page = fs.readFileSync(path.join(ROOT, "docs/reference/http-api.md"), "utf8");
  const rows = apiRoutes({ identify: unused, begin: unused, end: unused }).map(
    ({ method, path: place, needs, summary }) =>
      `| \`${method.toUpperCase()} ${BASE}${place}\` | ${needs ?? "nothing"} | ${summary} |`,
  );
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});
