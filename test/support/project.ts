import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type App, openApp } from "../../src/app.js";
import { type Config, loadConfig } from "../../src/config.js";
import { ROOT } from "./reading.js";

/** A project of its own in a temporary folder: the shipped definitions and people, nothing run yet. */
export function shippedProject(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-project-"));
  fs.cpSync(path.join(ROOT, "definitions"), path.join(folder, "definitions"), { recursive: true });
  fs.copyFileSync(path.join(ROOT, "stagecraft.config.yaml"), path.join(folder, "stagecraft.config.yaml"));
  return folder;
}

/** An empty project with the files given, by path. */
export function projectOf(files: Readonly<Record<string, string>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-project-"));
  fs.writeFileSync(path.join(folder, "stagecraft.config.yaml"), "");
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** With settings that go before those of the project. */
export async function appOf(project: string, more: Partial<Config> = {}): Promise<App> {
  const config = await loadConfig({ cwd: project, db: path.join(project, "test.sqlite") });
  return openApp({ config: { ...config, ...more } });
}

/** Settings under which models are asked of a server, and of no other. */
export function askedOf(baseUrl: string, key = "sk-test-0123456789"): Pick<Config, "env"> {
  const env = new Map([
    ["OPENAI_BASE_URL", baseUrl],
    ["OPENAI_API_KEY", key],
  ]);
  return { env: (name) => env.get(name) };
}
