import fs from "node:fs";
import type { Plugin } from "../plugin/api.js";
import { packageFolder } from "./package.js";

/** The first-party plugins. They come in by the public door like any other. */
export async function shippedPlugins(): Promise<readonly Plugin[]> {
  return (await import("./shipped-plugins.js")).SHIPPED;
}

/** Is this project Stagecraft's own checkout, whose `plugins/` holds what ships? */
export function isOwnPackage(project: string): boolean {
  const own = packageFolder();
  return fs.realpathSync(project) === fs.realpathSync(own);
}
