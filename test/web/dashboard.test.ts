import fs from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveProject, until } from "../server/support.js";
import { ROOT } from "../support/reading.js";
import { launch, visit } from "./browser.js";
import { FILES } from "./definitions.js";

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

  it("follows a run that is moved to another version of its definition, and goes back in time across it", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const inputs = { amount: 1, until: server.project };
    const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask", inputs } });
    await until(
      async () => (await server.app.findRun(json.id)).status,
      (status) => status === "waiting",
    );
    const { page, context, complaints } = await visit(browser, server, `/runs/${json.id}`);
    await page.getByRole("button", { name: /^gate, .*, waiting$/ }).waitFor();
    const file = path.join(server.project, "definitions/ask.workflow.yaml");
    const text = fs.readFileSync(file, "utf8").replace('"1.0.0"', '"2.0.0"');
    fs.writeFileSync(file, `${text}  thanks: { needs: [paid], uses: transform, with: { values: { ok: true } } }\n`);
    const moved = await server.app.migrate(json.id, await server.app.read("ask"), {
      by: server.app.actor("dana"),
      isDry: false,
    });
    expect(moved.refusals).toEqual([]);
    await page.getByRole("button", { name: /^thanks, .*, pending$/ }).waitFor();
    const slider = page.getByRole("slider", { name: "Moment of the run" });
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/moved to version 2\.0\.0 by dana$/);
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: /^gate, .*, pending$/ }).waitFor();
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
});

describe("the built dashboard", () => {
  it("takes less than 200 KB", () => {
    const folder = path.join(ROOT, "dist/web");
    const bytes = fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(200 * 1024);
  });
});
