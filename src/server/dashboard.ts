import fs from "node:fs";
import path from "node:path";
import type { Hono } from "hono";
import { StagecraftError } from "../core/errors.js";
import type { Sessions } from "./access/session.js";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

/**
 * The dashboard: one page whatever its address, so that a link into it works, and its files. They hold no data, and are
 * given to whoever reaches the server; the page asks the API, which knows who may see what.
 */
export function mountDashboard(app: Hono, folder: string, sessions: Sessions): void {
  app.get("/assets/:file", (context) => {
    const name = context.req.param("file");
    const type = TYPES.get(path.extname(name));
    const file = path.join(folder, path.basename(name));
    if (type === undefined || !fs.existsSync(file)) throw unknownPage(context.req.path);
    return context.body(fs.readFileSync(file, "utf8"), 200, { "content-type": type, "cache-control": "no-cache" });
  });
  app.get("*", (context) => {
    if (context.req.path.startsWith("/api/")) throw unknownPage(context.req.path);
    const token = context.req.query("token");
    if (token !== undefined) {
      sessions.begin(context, token);
      // The token does not stay in the address.
      return context.redirect(context.req.path, 303);
    }
    const page = path.join(folder, "index.html");
    if (!fs.existsSync(page)) throw unknownPage("the dashboard, which is not built");
    return context.html(fs.readFileSync(page, "utf8"));
  });
}

function unknownPage(what: string): StagecraftError {
  return new StagecraftError("unknown-page", `there is no ${what}`, { help: "see /api/v1/openapi.json" });
}
