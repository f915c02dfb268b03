import http from "node:http";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { openApp } from "../../src/app.js";
import { loadConfig } from "../../src/config.js";
import type { JsonObject } from "../../src/core/json.js";
import { type Running, serveProject, until } from "./support.js";

const FORM = `form: { type: object, required: [budget], properties: { budget: { type: string } } }`;
const FILES = {
  "stagecraft.config.yaml": "identities: { users: { heidi: { roles: [director] }, ann: {} } }\n",
  "definitions/ask.workflow.yaml": `apiVersion: stagecraft/v1
id: ask
version: "1.0.0"
title: Ask somebody
inputs:
  amount: { type: number }
  by: { type: string, default: ann }
stages:
  sum: { uses: transform, with: { values: { total: "\${{ inputs.amount * 2 }}" } } }
  gate:
    needs: [sum]
    uses: approval
    with:
      title: "Pay \${{ stages.sum.outputs.total }}?"
      approvers: ["role:director"]
      forbid: ["\${{ inputs.by }}"]
      show: { total: "\${{ stages.sum.outputs.total }}" }
      ${FORM}
  paid: { needs: [gate.approved], uses: transform, with: { values: { ok: true } } }
  refused: { needs: [gate.rejected], uses: end, with: { status: failed, message: "no" } }
outputs: { total: "\${{ inputs.amount * 2 }}" }
`,
  "definitions/wrong.workflow.yaml": `apiVersion: stagecraft/v1
id: wrong
version: "1.0.0"
stages:
  a: { uses: transform, needs: [nobody], with: { values: { x: 1 } } }
`,
};

async function startAsk(server: Running, inputs: JsonObject = { amount: 20 }, headers = {}): Promise<string> {
  const body = { definition: "ask", inputs };
  const { json } = await server.ask("/api/v1/runs", { method: "POST", body, headers });
  return json.id;
}

const reached = (server: Running, run: string, status: string) =>
  until(
    async () => (await server.ask(`/api/v1/runs/${run}`)).json,
    (view) => view.status === status,
  );

describe("a run over HTTP", () => {
  it("is started, driven, decided by a person and ended", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const run = await startAsk(server);
    const waiting = await reached(server, run, "waiting");
    expect(waiting.stages.map(({ path: at, outcome }: JsonObject) => `${at} ${outcome}`)).toContain("sum succeeded");
    const [approval] = (await server.ask("/api/v1/approvals")).json.items;
    expect(approval).toMatchObject({
      run,
      stage: "gate",
      mine: true,
      request: { title: "Pay 40?", show: { total: 40 } },
    });
    const place = `/api/v1/approvals/${approval.id}/decision`;
    const decide = (body: unknown) => server.ask(place, { method: "POST", body });
    expect((await decide({ outcome: "approved", data: {} })).json).toMatchObject({ status: 422, code: "invalid-form" });
    expect((await decide({ outcome: "approved", by: "ann" })).json).toMatchObject({ code: "invalid-request" });
    const decided = await decide({ outcome: "approved", comment: "fine", data: { budget: "B7" } });
    expect(decided.json).toMatchObject({
      status: "decided",
      decisions: [{ by: "heidi", via: "http", comment: "fine" }],
    });
    expect((await decide({ outcome: "rejected" })).json).toMatchObject({ status: 409, code: "already-decided" });
    expect(await reached(server, run, "succeeded")).toMatchObject({ outputs: { total: 40 }, by: "heidi" });
  });

  it("is started once for one idempotency key, which stands for one request", async () => {
    const server = await serveProject(FILES);
    const key = { "idempotency-key": "k1" };
    const first = await startAsk(server, { amount: 1 }, key);
    const body = { definition: "ask", inputs: { amount: 1 } };
    const again = await server.ask("/api/v1/runs", { method: "POST", body, headers: key });
    expect([again.status, again.json.id]).toEqual([200, first]);
    const other = { definition: "ask", inputs: { amount: 2 } };
    const reused = await server.ask("/api/v1/runs", { method: "POST", body: other, headers: key });
    expect(reused.json).toMatchObject({ status: 409, code: "key-reused" });
    expect(await startAsk(server, { amount: 1 })).not.toBe(first);
    expect((await (await server.app.store()).listRuns({})).length).toBe(2);
  });

  it("is paused, resumed, forked and cancelled, and refuses what does not fit it", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const run = await startAsk(server);
    await reached(server, run, "waiting");
    const verb = (name: string, body: unknown = {}) =>
      server.ask(`/api/v1/runs/${run}/${name}`, { method: "POST", body });
    expect((await verb("pause", { reason: "look first" })).status).toBe(202);
    await reached(server, run, "paused");
    expect((await verb("resume")).status).toBe(202);
    await reached(server, run, "waiting");
    expect((await verb("retry", { stage: "nobody" })).json).toMatchObject({ status: 409, code: "not-possible" });
    const fork = await verb("fork", { stage: "gate", inputs: { amount: 30 } });
    expect(fork.status).toBe(201);
    expect((await verb("cancel", { reason: "no longer" })).status).toBe(202);
    expect((await reached(server, run, "cancelled")).status).toBe("cancelled");
    expect((await verb("cancel")).json).toMatchObject({ status: 409, code: "run-finished" });
    const events = (await server.ask(`/api/v1/runs/${run}/events?limit=1000`)).json.items;
    expect(
      events.find(({ event }: JsonObject) => (event as JsonObject)["type"] === "cancelRequested").event,
    ).toMatchObject({
      by: "heidi",
      reason: "no longer",
    });
    expect((await reached(server, fork.json.id, "waiting")).status).toBe("waiting");
  });

  it("says what a stage was given", async () => {
    const server = await serveProject(FILES);
    const run = await startAsk(server);
    await reached(server, run, "waiting");
    const { json } = await server.ask(`/api/v1/runs/${run}/stage?path=sum`);
    expect(json).toEqual({ path: "sum", input: { values: { total: 40 } } });
    expect((await server.ask(`/api/v1/runs/${run}/stage?path=nobody`)).json).toMatchObject({ code: "unknown-stage" });
  });
});

describe("lists", () => {
  it("come in pages and by filter", async () => {
    const server = await serveProject(FILES, { isReadOnly: true });
    const definition = await server.app.read("ask");
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) {
      ids.unshift((await server.app.start(definition, { inputs: { amount: at }, by: server.app.actor("ann") })).id);
    }
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const { json } = await server.ask(`/api/v1/runs?limit=2${after}`);
      seen.push(...json.items.map(({ id }: { id: string }) => id));
      if (json.next === null) break;
      after = `&after=${json.next}`;
    }
    expect(seen).toEqual(ids);
    const count = async (query: string) => (await server.ask(`/api/v1/runs?${query}`)).json.items.length;
    expect(await count("status=queued,running")).toBe(5);
    expect(await count("status=succeeded")).toBe(0);
    expect(await count("workflow=other")).toBe(0);
    expect(await count(`before=${new Date(0).toISOString()}`)).toBe(0);
    expect((await server.ask("/api/v1/runs?status=sleeping")).json.code).toBe("invalid-request");
    expect((await server.ask("/api/v1/runs?limit=many")).json.code).toBe("invalid-request");
  });

  it("of definitions say what is wrong with them", async () => {
    const server = await serveProject(FILES);
    const { items } = (await server.ask("/api/v1/definitions")).json;
    expect(items.map(({ id, errors }: JsonObject) => [id, (errors as number) > 0])).toEqual([
      ["ask", false],
      ["wrong", true],
    ]);
    const wrong = (await server.ask("/api/v1/definitions/wrong")).json;
    expect(wrong).toMatchObject({ plan: null, findings: [{ severity: "error", range: { start: { line: 5 } } }] });
    expect((await server.ask("/api/v1/definitions/ask")).json.inputs).toHaveProperty("amount");
    expect((await server.ask("/api/v1/definitions/wrongg")).json).toMatchObject({ help: "did you mean wrong?" });
  });

  it("of metrics count what ended how", async () => {
    const server = await serveProject(FILES);
    const run = await startAsk(server);
    await reached(server, run, "waiting");
    await server.ask(`/api/v1/runs/${run}/cancel`, { method: "POST", body: {} });
    await reached(server, run, "cancelled");
    const { json } = await server.ask("/api/v1/metrics/summary");
    expect(json).toMatchObject({ total: { runs: 1, cancelled: 1, open: 0, successRate: null }, truncated: false });
    expect(json.days).toHaveLength(1);
  });
});

describe("the journal as a stream", () => {
  it("tells what is on disk as it comes, and goes on after the last event seen", async () => {
    const server = await serveProject(FILES, { as: "heidi" });
    const run = await startAsk(server);
    await reached(server, run, "waiting");
    const stream = listen(server, run);
    await until(
      async () => stream.seqs.length,
      (count) => count > 0,
    );
    const [approval] = (await server.ask("/api/v1/approvals")).json.items;
    const body = { outcome: "approved", data: { budget: "B7" } };
    await server.ask(`/api/v1/approvals/${approval.id}/decision`, { method: "POST", body });
    await until(
      async () => stream.types,
      (types) => types.includes("runEnded"),
    );
    stream.close();
    const { headSeq } = await server.app.findRun(run);
    expect(stream.seqs).toEqual(Array.from({ length: headSeq }, (_, at) => at + 1));
    const later = listen(server, run, { "last-event-id": String(headSeq - 2) });
    await until(
      async () => later.seqs.length,
      (count) => count >= 2,
    );
    later.close();
    expect(later.seqs).toEqual([headSeq - 1, headSeq]);
  });

  it("tells of a run that another process drives", async () => {
    const server = await serveProject(FILES, { isReadOnly: true });
    const other = openApp({
      config: await loadConfig({ cwd: server.project, db: path.join(server.project, "test.sqlite") }),
    });
    const run = await other.start(await other.read("ask"), { inputs: { amount: 1 }, by: other.actor("ann") });
    const stream = listen(server, run.id);
    await until(
      async () => stream.seqs.length,
      (count) => count > 0,
    );
    await other.drive(run.id, { patience: 0 });
    await until(
      async () => stream.types,
      (types) => types.includes("stageWaiting"),
    );
    stream.close();
    await other.close();
  });
});

describe("the description of the API", () => {
  it("is valid OpenAPI, and answers are as it says", async () => {
    const server = await serveProject(FILES);
    const run = await startAsk(server);
    await reached(server, run, "waiting");
    const document = (await server.bare("/api/v1/openapi.json")).json;
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as typeof addFormats.default)(ajv);
    ajv.addSchema(document, "api");
    const gets = Object.entries<JsonObject>(document.paths).filter(([, operations]) => "get" in operations);
    const values: Record<string, string> = { run, definition: "ask", approval: "a" };
    const faults: string[] = [];
    for (const [place] of gets) {
      const query = place.endsWith("/stage") ? "?path=sum" : "";
      const { status, json } = await server.ask(place.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") + query);
      const pointer = place.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
      const schema = `api#/paths/${pointer}/get/responses/${status}/content/application~1json/schema`;
      if (!ajv.validate({ $ref: schema }, json)) faults.push(`${place}: ${ajv.errorsText()}`);
    }
    expect(gets.length).toBeGreaterThan(10);
    expect(faults).toEqual([]);
  });

  it("names every operation once", async () => {
    const server = await serveProject(FILES);
    const { paths } = (await server.bare("/api/v1/openapi.json")).json;
    const ids = Object.values<Record<string, JsonObject>>(paths).flatMap((of) =>
      Object.values(of).map((one) => one["operationId"]),
    );
    expect(ids.length).toBe(new Set(ids).size);
    expect(ids).toContain("startRun");
  });
});

/** Follows a run's events over a real connection. */
function listen(server: Running, run: string, headers: Record<string, string> = {}) {
  const seqs: number[] = [];
  const types: string[] = [];
  const token = { authorization: `Bearer ${server.token}`, accept: "text/event-stream" };
  const options = { host: "127.0.0.1", port: server.port, path: `/api/v1/runs/${run}/events`, agent: false };
  const sent = http.get({ ...options, headers: { ...token, ...headers } }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data === undefined) continue;
        const { seq, event } = JSON.parse(data);
        seqs.push(seq);
        types.push(event.type);
      }
    });
  });
  sent.on("error", () => {});
  return { seqs, types, close: () => sent.destroy() };
}
