import fs from "node:fs";
import type { Plugin } from "../plugin/api.js";
import { packageFolder } from "./package.js";

/** The first-party plugins. They come in by the public door like any other. */
export async function shippedPlugins(): Promise<readonly Plugin[]> {
  const modules = await Promise.all([
    import("../../plugins/agent/index.js"),
    import("../../plugins/approval/index.js"),
    import("../../plugins/data/index.js"),
    import("../../plugins/embedded/index.js"),
    import("../../plugins/emit/index.js"),
    import("../../plugins/evaluate/index.js"),
    import("../../plugins/flow/index.js"),
    import("../../plugins/http/index.js"),
    import("../../plugins/notify/index.js"),
    import("../../plugins/openai/index.js"),
    import("../../plugins/rules/index.js"),
    import("../../plugins/shell/index.js"),
    import("../../plugins/switch/index.js"),
    import("../../plugins/transform/index.js"),
    import("../../plugins/validate/index.js"),
    import("../../plugins/wait/index.js"),
  ]);
  return modules.map((module) => module.default);
}

/** Is this project Stagecraft's own checkout, whose `plugins/` holds what ships? */
export function isOwnPackage(project: string): boolean {
  const own = packageFolder();
  return fs.realpathSync(project) === fs.realpathSync(own);
}
