import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveProject, until } from "../server/support.js";
import { launch, visit } from "./browser.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 120_000);
afterAll(() => browser.close());

/** Milliseconds between frames until `isOver`. In the browser's own language: here there is no window. */
const framesUntil = (isOver: string) => `new Promise((resolve) => {
  const spans = [];
  let last = performance.now();
  const next = (now) => {
    spans.push(now - last);
    last = now;
    if (${isOver}) resolve(spans);
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

/** A thousand stages in rows of twenty, each needing two of the row before. */
function large(stage: string): string {
  const stages = Array.from({ length: 1_000 }, (_, at) => {
    const needs = at < 20 ? "" : `needs: [s${at - 20}, s${Math.floor(at / 20) * 20 - 20 + ((at + 1) % 20)}], `;
    return `  s${at}: { ${needs}${stage} }`;
  });
  return `apiVersion: stagecraft/v1\nid: large\nversion: "1.0.0"\nstages:\n${stages.join("\n")}\n`;
}

/** The page of a run of a thousand stages, its graph drawn. */
async function visitLarge(stage: string) {
  const server = await serveProject({ "definitions/large.workflow.yaml": large(stage) });
  const { json } = await server.ask("/api/v1/runs", { method: "POST", body: { definition: "large" } });
  const visited = await visit(browser, server, `/runs/${json.id}`);
  await visited.page.locator(".stage").first().waitFor({ timeout: 60_000 });
  const ended = () =>
    until(
      async () => (await server.app.findRun(json.id)).status,
      (status) => status === "succeeded",
    );
  return { ...visited, ended };
}

/** Says how it went. A busy machine without a graphics card draws this: only a page that stands still is refused. */
function judge(what: string, frames: readonly number[]): void {
  const spans = frames.toSorted((a, b) => a - b);
  const at = (share: number) => spans[Math.floor(spans.length * share)] ?? 0;
  console.log(
    `${what}: ${spans.length} frames, p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, longest ${at(0.9999).toFixed(0)} ms`,
  );
  expect(spans.length).toBeGreaterThan(20);
  expect(at(0.5)).toBeLessThan(500);
}

describe("a graph of a thousand stages", { timeout: 180_000 }, () => {
  it("moves smoothly under the mouse", async () => {
    const { page, context, complaints, ended } = await visitLarge("uses: transform, with: { values: { at: 1 } }");
    await ended();
    const box = await page.locator(".graph").boundingBox();
    await page.mouse.move((box?.x ?? 0) + 400, (box?.y ?? 0) + 200);
    const frames = page.evaluate<number[]>(framesUntil("spans.length >= 120"));
    for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(turn % 2 === 0 ? 30 : -10, 40);
    judge("while 1,000 stages are moved", await frames);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps up with a run whose stages end all the time", async () => {
    const { page, context, complaints, ended } = await visitLarge("uses: wait, with: { duration: 200ms }");
    const frames = await page.evaluate<number[]>(
      framesUntil('document.querySelector(".facts .status")?.textContent === "succeeded"'),
    );
    judge("while 1,000 stages of a run end", frames);
    await ended();
    expect(await page.locator(".stage").first().textContent()).toContain("succeeded");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
