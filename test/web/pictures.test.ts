import fs from "node:fs";
import path from "node:path";
import { it } from "vitest";
import { serveProject, until } from "../server/support.js";
import { ROOT } from "../support/reading.js";
import { launch, visit } from "./browser.js";

const IMAGES = path.join(ROOT, "docs/images");

/** The pictures of the README: `npm run pictures`. Ids and times in them differ each time, so no test writes them. */
it.runIf(process.env["STAGECRAFT_PICTURES"])("pictures of the shipped workflows", { timeout: 300_000 }, async () => {
  const server = await serveProject("shipped", { as: "heidi" });
  const samples = path.join(server.project, "definitions/samples");
  for (const name of fs.readdirSync(samples).filter((file) => file.endsWith(".json"))) {
    const inputs = JSON.parse(fs.readFileSync(path.join(samples, name), "utf8"));
    const [definition] = name.split(".");
    await server.ask("/api/v1/runs", { method: "POST", body: { definition, inputs } });
  }
  const store = await server.app.store();
  await until(
    () => store.listRuns({ status: ["queued", "running"] }),
    (rows) => rows.length === 0,
  );
  const [waiting] = await store.listRuns({ status: ["waiting"], workflow: "financial-approval" });
  const browser = await launch();
  const { page } = await visit(browser, server);
  fs.mkdirSync(IMAGES, { recursive: true });
  const picture = async (name: string, place: string, sign: string) => {
    await page.goto(server.served.url + place);
    await page.locator(sign).first().waitFor();
    await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
  };
  await picture("runs", "/", "table");
  await picture("run", `/runs/${waiting?.id}?stage=assessment`, ".stage");
  await picture("approvals", "/approvals", ".decision");
  await picture("metrics", "/metrics", "figure svg");
  await picture("audit", "/audit", "text=chain proven");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("run-dark", `/runs/${waiting?.id}?stage=assessment`, ".stage");
  await browser.close();
});
