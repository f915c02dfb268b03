import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectOf } from "../support/project.js";
import { type Ask, type Running, serveFolder, serveProject } from "./support.js";

const WORKFLOW = {
  "definitions/hello.workflow.yaml": `apiVersion: stagecraft/v1
id: hello
version: "1.0.0"
inputs:
  name: { type: string }
stages:
  greet: { uses: transform, with: { values: { text: "hello \${{ inputs.name }}" } } }
outputs: { text: "\${{ stages.greet.outputs.text }}" }
`,
};

const start = { method: "POST", body: { definition: "hello", inputs: { name: "x" } } };

/** Sends it, and says how it was refused; a refused request must have started nothing. */
async function refused(server: Running, ask: Ask, path = "/api/v1/runs"): Promise<string> {
  const { status, json, headers } = await server.ask(path, ask);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect((await (await server.app.store()).listRuns({})).length).toBe(0);
  return `${status} ${json.code}`;
}

describe("a request that no person of this machine meant", () => {
  it("is refused under a name that is not the server's", async () => {
    const server = await serveProject(WORKFLOW);
    expect(await refused(server, { ...start, headers: { host: "evil.example" } })).toBe("403 host-not-allowed");
    expect(await refused(server, { headers: { host: "127.0.0.1.evil.example" } }, "/")).toBe("403 host-not-allowed");
  });

  it("is let through under a name that the project lists", async () => {
    const config = "server: { hosts: [flows.example.org] }\n";
    const project = projectOf({ ...WORKFLOW, "stagecraft.config.yaml": config });
    const server = await serveFolder(project);
    const answer = await server.ask("/api/v1/runs", { headers: { host: "flows.example.org" } });
    expect(answer.status).toBe(200);
  });

  it("is refused when a page of another site sends it", async () => {
    const server = await serveProject(WORKFLOW);
    expect(await refused(server, { ...start, headers: { origin: "https://evil.example" } })).toBe("403 cross-origin");
    expect(await refused(server, { ...start, headers: { origin: "null" } })).toBe("403 cross-origin");
    const otherPort = `http://127.0.0.1:${server.port + 1}`;
    expect(await refused(server, { ...start, headers: { origin: otherPort } })).toBe("403 cross-origin");
    for (const site of ["cross-site", "same-site"]) {
      expect(await refused(server, { ...start, headers: { "sec-fetch-site": site } })).toBe("403 cross-origin");
      expect(await refused(server, { headers: { "sec-fetch-site": site } })).toBe("403 cross-origin");
    }
  });

  it("is let through from the server's own page", async () => {
    const server = await serveProject(WORKFLOW);
    const headers = { origin: `http://127.0.0.1:${server.port}`, "sec-fetch-site": "same-origin" };
    expect((await server.ask("/api/v1/runs", { ...start, headers })).status).toBe(201);
  });

  it("is refused without JSON, which a form cannot send", async () => {
    const server = await serveProject(WORKFLOW);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      expect(await refused(server, { ...start, headers: { "content-type": type } })).toBe("415 json-only");
    }
    const withoutType = { authorization: `Bearer ${server.token}` };
    expect((await server.bare("/api/v1/runs", { ...start, headers: withoutType })).json.code).toBe("json-only");
  });
});

describe("who comes in", () => {
  it("needs a token for everything but health, the page and the description of the API", async () => {
    const server = await serveProject(WORKFLOW);
    for (const place of ["/api/v1/runs", "/api/v1/approvals", "/api/v1/definitions", "/api/v1/session"]) {
      const { status, json, headers } = await server.bare(place);
      expect(`${place} ${status} ${json.code}`).toBe(`${place} 401 token-missing`);
      expect(headers["www-authenticate"]).toBe("Bearer");
    }
    for (const place of ["/api/v1/health", "/api/v1/ready", "/api/v1/openapi.json"]) {
      expect((await server.bare(place)).status).toBe(200);
    }
  });

  it("is refused with a wrong token, however close", async () => {
    const server = await serveProject(WORKFLOW);
    const last = server.token.endsWith("A") ? "B" : "A";
    for (const token of ["x", `${server.token.slice(0, -1)}${last}`, `${server.token}x`]) {
      const headers = { authorization: `Bearer ${token}` };
      expect(await refused(server, { ...start, headers })).toBe("401 token-unknown");
    }
    expect(await refused(server, { ...start, headers: { authorization: "Basic eDp5" } })).toBe("401 token-missing");
  });

  it("gets a cookie that scripts and other sites never see, and an address without the token", async () => {
    const server = await serveProject(WORKFLOW);
    const visit = await server.bare(`/runs?token=${server.token}`);
    expect([visit.status, visit.headers.location]).toEqual([303, "/runs"]);
    const [cookie = ""] = visit.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const [pair = ""] = cookie.split(";");
    expect((await server.bare("/api/v1/runs", { headers: { cookie: pair } })).status).toBe(200);
    expect((await server.bare("/?token=wrong")).status).toBe(401);
  });

  it("is told apart by the token file: a viewer sees, an operator starts, an approver decides", async () => {
    const project = projectOf(WORKFLOW);
    const file = path.join(project, "tokens.yaml");
    const plain = await serveFolder(project);
    const tokens = {
      viewer: (await plain.app.token("vera", ["viewer"], file)).token,
      operator: (await plain.app.token("otto", ["operator"], file)).token,
      approver: (await plain.app.token("anna", ["approver"], file)).token,
    };
    await plain.close();
    const kept = fs.readFileSync(file, "utf8");
    for (const token of Object.values(tokens)) expect(kept).not.toContain(token);
    const server = await serveFolder(project, { tokenFile: file });
    expect(server.served.login).toBeUndefined();
    const as = async (role: keyof typeof tokens, ask: Ask, place = "/api/v1/runs") => {
      const headers = { authorization: `Bearer ${tokens[role]}` };
      const { status, json } = await server.ask(place, { ...ask, headers });
      return status < 400 ? status : `${status} ${json.code}`;
    };
    expect(await as("viewer", {})).toBe(200);
    expect(await as("viewer", start)).toBe("403 not-permitted");
    expect(await as("approver", start)).toBe("403 not-permitted");
    const decision = { method: "POST", body: { outcome: "approved" } };
    expect(await as("operator", decision, "/api/v1/approvals/a1/decision")).toBe("403 not-permitted");
    expect(await as("approver", decision, "/api/v1/approvals/a1/decision")).toBe("404 unknown-approval");
    expect(await as("operator", start)).toBe(201);
  });
});

describe("a server", () => {
  it("does not open to the outside without tokens", async () => {
    const project = projectOf(WORKFLOW);
    await expect(serveFolder(project, { host: "0.0.0.0" })).rejects.toMatchObject({ code: "tokens-needed" });
    fs.rmSync(project, { recursive: true, force: true });
  });

  it("does not start with a token file that it cannot read", async () => {
    const project = projectOf({ ...WORKFLOW, "bad.yaml": "tokens: [{ user: x, roles: [king], sha256: abc }]\n" });
    for (const name of ["bad.yaml", "none.yaml"]) {
      const tokenFile = path.join(project, name);
      await expect(serveFolder(project, { tokenFile })).rejects.toMatchObject({ code: "tokens-invalid" });
    }
    fs.rmSync(project, { recursive: true, force: true });
  });

  it("that only shows refuses every change", async () => {
    const server = await serveProject(WORKFLOW, { isReadOnly: true });
    expect(await refused(server, start)).toBe("403 read-only");
    expect((await server.ask("/api/v1/session")).json).toMatchObject({ readOnly: true, may: ["read"] });
  });

  it("says which port is taken", async () => {
    const server = await serveProject(WORKFLOW);
    const project = projectOf(WORKFLOW);
    await expect(serveFolder(project, { port: server.port })).rejects.toMatchObject({ code: "port-taken" });
    fs.rmSync(project, { recursive: true, force: true });
  });

  it("takes bodies up to a limit, and only JSON that it can read", async () => {
    const server = await serveProject(WORKFLOW);
    const large = { definition: "hello", inputs: { name: "x".repeat(1_100_000) } };
    expect(await refused(server, { method: "POST", body: large })).toBe("413 payload-too-large");
    expect(await refused(server, { method: "POST", body: "{" })).toBe("400 invalid-json");
    expect(await refused(server, { method: "POST", body: { definition: "hello", by: "boss" } })).toBe(
      "400 invalid-request",
    );
    expect(await refused(server, { method: "POST", body: { definition: "../../etc/passwd" } })).toBe(
      "404 unknown-definition",
    );
    expect(await refused(server, { method: "POST", body: { definition: "hello", inputs: { name: 3 } } })).toBe(
      "422 invalid-input",
    );
  });

  it("says to browsers what may be loaded, framed and kept", async () => {
    const server = await serveProject(WORKFLOW);
    const { headers } = await server.ask("/api/v1/runs");
    expect(headers["content-security-policy"]).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });
});
