import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Running, serveProject, until } from "../server/support.js";
import { harm } from "../support/harm.js";
import { launch, visit } from "./browser.js";
import { FILES } from "./definitions.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 120_000);
afterAll(() => browser.close());

/** A server on which one run waits for heidi. */
async function withRun(): Promise<{ server: Running; run: string }> {
  const server = await serveProject(FILES, { as: "heidi" });
  const inputs = { amount: 1, until: server.project };
  const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "ask", inputs } });
  await until(
    async () => (await server.app.findRun(json.id)).status,
    (status) => status === "waiting",
  );
  return { server, run: json.id };
}

describe("a page of the dashboard", () => {
  it("pauses a schedule and resumes it, by the keyboard alone", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const { page, context, complaints } = await visit(browser, server, "/schedules");
    const press = async (name: string) => {
      await page.getByRole("button", { name }).focus();
      await page.keyboard.press("Enter");
    };
    await press("Pause timed/daily");
    await page.getByText("paused by heidi").waitFor();
    const scheduler = await server.app.scheduler();
    const paused = async () => (await scheduler.schedules(Date.now())).map(({ row }) => row.pausedBy);
    expect(await paused()).toEqual(["heidi", null]);
    await press("Resume timed/daily");
    await page.getByRole("button", { name: "Pause timed/daily" }).waitFor();
    expect(await paused()).toEqual([null, null]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("shows who did what, who holds a run, and whether the chain still holds", async () => {
    const { server, run } = await withRun();
    await server.app.audit.hold(run, "dana", "case 4711");
    const { page, context, complaints } = await visit(browser, server, "/audit");
    await page.getByText("chain proven").waitFor();
    await page.getByText("case 4711").first().waitFor();
    await page.getByLabel("Who", { exact: true }).fill("dana");
    await page.keyboard.press("Enter");
    await page.waitForURL(/who=dana/);
    await page.getByRole("cell", { name: "run started" }).waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "held" }).waitFor();
    expect(await page.getByRole("row").count()).toBe(2);
    await harm(
      path.join(server.project, "test.sqlite"),
      "UPDATE events SET data = replace(data, 'heidi', 'mallory') WHERE seq = 1",
    );
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByText("1 fault").waitFor();
    expect(await page.locator(".proof .findings").first().textContent()).toContain("runStarted");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("draws charts that are told in numbers too", async () => {
    const { server } = await withRun();
    const { page, context } = await visit(browser, server, "/metrics");
    await page.getByText("Numbers of Runs a day").click();
    const table = page.getByRole("table").filter({ hasText: "succeeded" }).first();
    expect(await table.getByRole("rowheader").allTextContents()).toEqual([new Date().toISOString().slice(0, 10)]);
    await context.close();
  });
});

describe("every page of the dashboard", () => {
  it.each(["light", "dark"] as const)(
    "has nothing that axe finds, on any page, when it is %s",
    async (colorScheme) => {
      const { server, run } = await withRun();
      const { page, context, complaints } = await visit(browser, server, "/", { colorScheme, reducedMotion: "reduce" });
      const places = [
        ["/", "table"],
        ["/?status=failed", "text=No run is like that"],
        ["/?start=ask", "dialog"],
        [`/runs/${run}?stage=sum`, "aside >> text=Outputs"],
        [`/runs/${run}?tab=journal`, ".journal li"],
        [`/runs/${run}?tab=data`, ".data"],
        ["/approvals", ".decision"],
        ["/approvals?status=expired", "text=There is none"],
        ["/definitions/ask", ".graph .stage"],
        ["/definitions/wrong", ".findings"],
        ["/metrics", "figure svg"],
        ["/schedules", "table"],
        ["/audit", "text=chain proven"],
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
    const { server, run } = await withRun();
    const { page, context } = await visit(browser, server, "/", { viewport: { width: 360, height: 740 } });
    for (const place of ["/", `/runs/${run}`, "/approvals", "/definitions/ask", "/metrics", "/schedules", "/audit"]) {
      await page.goto(server.served.url + place);
      await page.locator("main h1").first().waitFor();
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect([place, width]).toEqual([place, 360]);
    }
    await context.close();
  });
});
