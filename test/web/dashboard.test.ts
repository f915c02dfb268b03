import fs from "node:fs";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveProject, until } from "../server/support.js";
import { ROOT } from "../support/reading.js";
import { launch, visit } from "./browser.js";

/** An effect that ends when the file `go` is there: the test says when the page has to move. */
const PLUGIN = `import fs from "node:fs";
import { definePlugin } from "stagecraft/plugin";
const hold = {
  name: "test/hold", kind: "effect", title: "Hold", description: "Holds.",
  input: { type: "object" }, output: { type: "object" },
  async run(input, context) {
    while (!fs.existsSync(input.until) && !context.signal.aborted) await new Promise((r) => setTimeout(r, 20));
    return { outputs: { held: true } };
  },
};
export default definePlugin({ name: "test-hold", version: "1.0.0", apiVersion: 1, stages: [hold] });
`;

const ASK = `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
title: Ask somebody
inputs:
  amount: { type: number, description: Euros }
  until: { type: string }
stages:
  sum: { uses: transform, with: { values: { total: "\${{ inputs.amount * 2 }}" } } }
  hold: { needs: [sum], uses: test/hold, with: { until: "\${{ inputs.until }}" } }
  gate:
    needs: [hold]
    uses: approval
    with:
      title: "Pay \${{ inputs.amount }} euros?"
      message: The budget is known to you.
      approvers: [heidi]
      expires: 3d
      show: { amount: "\${{ inputs.amount }}" }
      form: { type: object, required: [budget], properties: { budget: { type: string, description: Where it is booked } } }
  paid: { needs: [gate.approved], uses: transform, with: { values: { ok: true } } }
  refused: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: end, with: { status: failed, message: "no" } }
`;

const WRONG = `apiVersion: stagecraft/v1
id: wrong
version: "1.0.0"
stages:
  a: { uses: transform, needs: [nobody], with: { values: { x: 1 } } }
`;

const FILES = {
  "plugins/hold.ts": PLUGIN,
  "definitions/ask.workflow.yaml": ASK,
  "definitions/wrong.workflow.yaml": WRONG,
};

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 120_000);
afterAll(() => browser.close());

describe("the dashboard", () => {
  it("starts a run from a form, moves with it, takes a person's decision, and shows the end", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const { page, context, complaints } = await visit(browser, server);
    await page.getByRole("button", { name: "Start a run" }).click();
    await page.getByLabel("Definition").selectOption("ask");
    await page.getByLabel(/^amount/).fill("21");
    const file = path.join(server.project, "go");
    await page.getByLabel(/^until/).fill(file);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const stage = (name: string, status: string) =>
      page.getByRole("button", { name: new RegExp(`^${name}, .*, ${status}$`) });
    await stage("sum", "succeeded").waitFor();
    await stage("hold", "running").waitFor();
    fs.writeFileSync(file, "");
    await stage("gate", "waiting").waitFor();
    await stage("sum", "succeeded").click();
    await page.getByRole("complementary", { name: "Stage sum" }).getByText("42").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /Approvals/ }).click();
    await page.getByLabel(/^budget/).fill("B7");
    await page.getByLabel("Comment").fill("as discussed");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Nothing waits for a person").waitFor();
    const [run] = await (await server.app.store()).listRuns({});
    await page.goto(`${server.served.url}/runs/${run?.id}?tab=journal`);
    await page.getByText("heidi decided approved at gate").first().waitFor();
    await stage("paid", "succeeded").waitFor();
    await page.getByText("succeeded").first().waitFor();
    const view = await server.app.view(run?.id ?? "");
    expect(view.stages.find(({ path: at }) => at === "gate")?.decisions).toMatchObject([
      { by: "heidi", via: "http", comment: "as discussed", data: { budget: "B7" } },
    ]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("goes back in time on graph, slider and drawer alike", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const inputs = { amount: 1, until: server.project };
    const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask", inputs } });
    await until(
      async () => (await server.app.findRun(json.id)).status,
      (status) => status === "waiting",
    );
    const { page, context, complaints } = await visit(browser, server, `/runs/${json.id}`);
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    await page.getByRole("button", { name: /^gate, .*, waiting$/ }).waitFor();
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: /^gate, .*, pending$/ }).waitFor();
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/started by heidi$/);
    await page.keyboard.press("End");
    await page.getByRole("button", { name: /^gate, .*, waiting$/ }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("asks for a token, and says when it is wrong", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const context = await browser.newContext({ locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(`${server.served.url}/metrics`);
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("this token is not known here").waitFor();
    await page.getByLabel("Token").fill(server.token);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Metrics" }).waitFor();
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
    await context.close();
  });

  it("cannot be used from a page of another site, even by who is logged in", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const other = await serveProject(FILES, { as: "heidi" });
    const { page, context } = await visit(browser, server);
    // Another port of the same host gets the same cookies: the hardest of the foreign pages.
    await page.goto(`${other.served.url}/?token=${other.token}`);
    const target = `${server.served.url}/api/v1/runs`;
    const body = JSON.stringify({ definition: "ask", inputs: { amount: 1, until: "/" } });
    const send = (type: string) =>
      page.evaluate(
        ([url, text, contentType]) =>
          fetch(url as string, {
            method: "POST",
            body: text as string,
            mode: contentType === "text/plain" ? "no-cors" : "cors",
            credentials: "include",
            headers: { "content-type": contentType as string },
          }).then(
            (answer) => answer.type,
            () => "refused",
          ),
        [target, body, type],
      );
    expect(await send("application/json")).toBe("refused");
    expect(["opaque", "refused"]).toContain(await send("text/plain"));
    expect(await (await server.app.store()).listRuns({})).toEqual([]);
    await context.close();
  });

  it.each(["light", "dark"] as const)(
    "has nothing that axe finds, on any page, when it is %s",
    async (colorScheme) => {
      const server = await serveProject(FILES, { as: "heidi" });
      const inputs = { amount: 1, until: server.project };
      const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask", inputs } });
      await until(
        async () => (await server.app.findRun(json.id)).status,
        (status) => status === "waiting",
      );
      const { page, context, complaints } = await visit(browser, server, "/", { colorScheme, reducedMotion: "reduce" });
      const run = `/runs/${json.id}`;
      const places = [
        ["/", "table"],
        ["/?status=failed", "text=No run is like that"],
        ["/?start=ask", "dialog"],
        [`${run}?stage=sum`, "aside >> text=Outputs"],
        [`${run}?tab=journal`, ".journal li"],
        [`${run}?tab=data`, ".data"],
        ["/approvals", ".decision"],
        ["/approvals?status=expired", "text=There is none"],
        ["/definitions/ask", ".graph .stage"],
        ["/definitions/wrong", ".findings"],
        ["/metrics", "canvas"],
        ["/nowhere", "text=There is no such page"],
      ] as const;
      const found: string[] = [];
      for (const [place, sign] of places) {
        await page.goto(server.served.url + place);
        await page.locator(sign).first().waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        found.push(
          ...violations.map(({ id, nodes }) => `${place} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
        );
      }
      await context.clearCookies();
      await page.goto(server.served.url);
      await page.getByLabel("Token").waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect([...found, ...violations.map(({ id }) => `log in ${id}`)]).toEqual([]);
      expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);
      await context.close();
    },
    120_000,
  );

  it("fits a phone: nothing is wider than it", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const inputs = { amount: 1, until: server.project };
    const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask", inputs } });
    const { page, context } = await visit(browser, server, "/", { viewport: { width: 360, height: 740 } });
    for (const place of ["/", `/runs/${json.id}`, "/approvals", "/definitions/ask", "/metrics"]) {
      await page.goto(server.served.url + place);
      await page.locator("main h1").first().waitFor();
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect([place, width]).toEqual([place, 360]);
    }
    await context.close();
  });
});

describe("the built dashboard", () => {
  it("takes less than 200 KB", () => {
    const folder = path.join(ROOT, "dist/web");
    const bytes = fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(200 * 1024);
  });
});
