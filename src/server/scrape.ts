import http from "node:http";
import type { Context, Hono } from "hono";
import { StagecraftError } from "../core/errors.js";
import { type Identity, permissionsOf } from "./access/identity.js";
import { listen } from "./listen.js";
import type { Scrape, ScrapeAddress } from "./scraping.js";

/** `/metrics` of a server: for those who may read. A browser is let through to the page of that name. */
export function mountScrape(app: Hono, scrape: Scrape, identify: (context: Context) => Identity): void {
  app.get("/metrics", async (context, next) => {
    if (context.req.header("accept")?.includes("text/html")) return await next();
    if (!permissionsOf(identify(context)).has("read")) {
      throw new StagecraftError("not-permitted", "the token may not read numbers", { kind: "denied" });
    }
    const { text, contentType } = await scrape();
    return context.body(text, 200, { "content-type": contentType });
  });
}

/** Answers `/metrics` to whoever reaches it; listens when this resolves. @throws StagecraftError `port-taken` */
export async function listenForScrapes(scrape: Scrape, { signal, ...address }: ScrapeAddress): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    scrape().then(
      ({ text, contentType }) => response.writeHead(200, { "content-type": contentType }).end(text),
      // Prometheus takes it for a failed scrape, which `up` shows.
      () => response.writeHead(503).end(),
    );
  });
  const port = await listen(server, address);
  signal.addEventListener("abort", () => server.close(), { once: true });
  server.unref();
  return `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${port}/metrics`;
}
