import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type JsonObject, type Recorded, Stagecraft, type StagecraftOptions } from "../../src/index.js";
import { definePlugin, defineStage } from "../../src/plugin/api.js";
import { PEOPLE, REFUND } from "../support/definitions.js";

const opened: Stagecraft[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true });
});

/** A project with the refund workflow and people, opened in this process. */
async function open(options: StagecraftOptions = {}): Promise<Stagecraft> {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), "stagecraft-embedded-"));
  folders.push(cwd);
  fs.mkdirSync(path.join(cwd, "definitions"));
  fs.writeFileSync(path.join(cwd, "definitions/refund.workflow.yaml"), REFUND);
  fs.writeFileSync(path.join(cwd, "stagecraft.config.yaml"), PEOPLE);
  const stagecraft = await Stagecraft.open({ cwd, ...options });
  opened.push(stagecraft);
  return stagecraft;
}

describe("a program that opens Stagecraft", () => {
  it("runs a definition of the project and gets its outputs", async () => {
    const stagecraft = await open();
    const run = await stagecraft.run("refund", { amount: 40, reason: "late" });
    expect(run).toMatchObject({ status: "succeeded", outputs: { paid: true } });
  });

  it("hears every event in order once it is in the journal, and none after it stopped listening", async () => {
    const stagecraft = await open();
    const heard: Recorded[] = [];
    const stop = stagecraft.on((_, events) => void heard.push(...events));
    const { id } = await stagecraft.run("refund", { amount: 40, reason: "late" });
    const journal = await (await stagecraft.app.store()).readEvents(id);
    expect(heard).toEqual(journal);
    expect(heard.at(-1)?.event.type).toBe("runEnded");
    stop();
    const before = heard.length;
    await stagecraft.run("refund", { amount: 41, reason: "late" });
    expect(heard).toHaveLength(before);
  });

  it("decides for a configured person who is entitled, and drives the run on", async () => {
    const stagecraft = await open();
    const waiting = await stagecraft.run("refund", { amount: 400, reason: "late" });
    expect(waiting.status).toBe("waiting");
    const [approval] = await stagecraft.approvals(waiting.id);
    const id = approval?.id ?? expect.unreachable();
    await expect(stagecraft.decide(id, { outcome: "approved", as: "ann" })).rejects.toMatchObject({ kind: "denied" });
    await stagecraft.decide(id, { outcome: "approved", as: "dana" });
    expect(await stagecraft.resume(waiting.id)).toMatchObject({ status: "succeeded", outputs: { paid: true } });
  });

  it("brings stage types of its own, and definitions that stand in no file", async () => {
    const stagecraft = await open({ plugins: [shouting] });
    const yaml = `apiVersion: stagecraft/v1
id: shout
version: "1.0.0"
inputs: { text: { type: string } }
stages:
  say: { uses: acme/shout, with: { text: "\${{ inputs.text }}" } }
outputs: { said: "\${{ stages.say.outputs.text }}" }
`;
    expect(await stagecraft.run({ yaml }, { text: "hello" })).toMatchObject({ outputs: { said: "HELLO!" } });
  });

  it("is told what is wrong, and then nothing was started", async () => {
    const stagecraft = await open();
    await expect(stagecraft.run("refnud")).rejects.toMatchObject({ code: "unknown-definition" });
    await expect(stagecraft.run({ yaml: "id: 3" })).rejects.toMatchObject({ code: "invalid-definition" });
    await expect(stagecraft.run("refund", { amount: -1 })).rejects.toMatchObject({ code: "invalid-input" });
    expect(await stagecraft.app.existingStore()).toBeUndefined();
  });

  it("starts one run for one idempotency key", async () => {
    const stagecraft = await open();
    const inputs = { amount: 40, reason: "late" };
    const [first, second] = [
      await stagecraft.run("refund", inputs, { idempotencyKey: "order-17" }),
      await stagecraft.run("refund", inputs, { idempotencyKey: "order-17" }),
    ];
    expect(second.id).toBe(first.id);
  });

  it("keeps nothing with a database in memory", async () => {
    const stagecraft = await open({ db: ":memory:" });
    expect(await stagecraft.run("refund", { amount: 40, reason: "late" })).toMatchObject({ status: "succeeded" });
    expect(fs.existsSync(path.join(stagecraft.app.config.project, ".stagecraft"))).toBe(false);
  });
});

const shouting = definePlugin({
  name: "acme",
  version: "1.0.0",
  apiVersion: 1,
  stages: [
    defineStage({
      name: "acme/shout",
      kind: "pure",
      title: "Shout",
      description: "The text, loud.",
      input: {
        type: "object",
        required: ["text"],
        properties: { text: { type: "string" } },
        additionalProperties: false,
      },
      output: { type: "object", required: ["text"], properties: { text: { type: "string" } } },
      run: ({ text }: JsonObject) => ({ outputs: { text: `${String(text).toUpperCase()}!` } }),
    }),
  ],
});
