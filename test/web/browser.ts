import fs from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Running } from "../server/support.js";
import { ROOT } from "../support/reading.js";

/**
 * A Chromium of its own: `CHROMIUM_PATH`, or the one that is unpacked from the package, with its libraries, below
 * node_modules. Not with the package's own arguments: they turn off what cross-origin tests are about.
 */
export async function launch(): Promise<Browser> {
  const args = ["--no-sandbox", "--no-zygote", "--disable-dev-shm-usage", "--headless=shell"];
  return chromium.launch({ executablePath: await executable(), args });
}

async function executable(): Promise<string> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined) return named;
  // The shared temp folder may hold a half-written one.
  const folder = path.join(ROOT, "node_modules/.cache/chromium");
  fs.mkdirSync(folder, { recursive: true });
  process.env["TMPDIR"] = folder;
  process.env["AWS_EXECUTION_ENV"] ??= "AWS_Lambda_nodejs20.x";
  const { default: packed } = await import("@sparticuz/chromium");
  const file = await packed.executablePath();
  process.env["FONTCONFIG_PATH"] = fontsBelow(folder);
  return file;
}

/** The package's own list of fonts names /tmp, where they are not; without a font every form field ends the browser. */
function fontsBelow(folder: string): string {
  const place = path.join(folder, "fontconfig");
  fs.mkdirSync(place, { recursive: true });
  const folders = [path.join(folder, "fonts"), "/usr/share/fonts"].map((name) => `<dir>${name}</dir>`).join("");
  const cache = `<cachedir>${place}</cachedir>`;
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>`;
  fs.writeFileSync(path.join(place, "fonts.conf"), text);
  return place;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything the console and the page complained of. */
  readonly complaints: string[];
}

/** A fresh profile that is logged in, at this address of the dashboard. */
export async function visit(
  browser: Browser,
  server: Running,
  place = "/",
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${server.served.url}/?token=${server.token}`);
  if (place !== "/") await page.goto(server.served.url + place);
  await page.locator("main h1").first().waitFor();
  return { page, context, complaints };
}
