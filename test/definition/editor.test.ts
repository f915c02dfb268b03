import { describe, expect, it } from "vitest";
import { workflowSchema } from "../../src/definition/index.js";
import { definePlugin, defineStage } from "../../src/plugin/api.js";
import { openEditor } from "../support/editor.js";
import { fullRegistry, shippedDefinition, shippedIds } from "../support/reading.js";

const HEAD = 'apiVersion: stagecraft/v1\nid: one\nversion: "1.0.0"\n';
const registry = await fullRegistry();
registry.add(
  definePlugin({
    name: "acme/chat",
    version: "1.0.0",
    apiVersion: 1,
    stages: [
      defineStage({
        kind: "pure",
        name: "acme/chat.post",
        title: "Chat message",
        description: "Says something in a channel.",
        input: { type: "object", additionalProperties: false, properties: { channel: { type: "string" } } },
        output: { type: "object" },
        run: () => ({ outputs: {} }),
      }),
    ],
  }),
);
const editor = openEditor(workflowSchema(registry));
const types = [...registry.stages.values()];
const stage = (lines: string) => `${HEAD}stages:\n  first:\n${lines.replace(/^(?=.)/gm, "    ")}`;
const keysOf = (schema: object) => Object.keys((schema as { properties?: object }).properties ?? {});

describe("an editor offers", () => {
  it("a whole workflow in an empty file", async () => {
    expect(await editor.complete("¦")).toEqual(
      expect.arrayContaining(["workflow", "apiVersion", "stages", "policies"]),
    );
    const text = (await editor.inserted("¦", "workflow")) ?? "";
    expect(await editor.problems(filled(text))).toEqual([]);
  });

  it("every key of a stage once, and those of its type", async () => {
    const offered = await editor.complete(stage("uses: http\n¦"));
    const wanted = ["with", "needs", "if", "forEach", "repeat", "retry", "timeout", "onError", "compensate", "set"];
    expect(offered).toEqual(expect.arrayContaining(wanted));
    expect(offered.filter((key, index) => offered.indexOf(key) !== index)).toEqual([]);
  });

  it("the stage types, those of plugins too", async () => {
    expect([...(await editor.complete(stage("uses: ¦")))].sort()).toEqual(types.map(({ name }) => name).sort());
  });

  it.each(types)("the keys of `with` for $name, and no other type's", async ({ name, input, title }) => {
    const offered = await editor.complete(stage(`uses: ${name}\nwith:\n  ¦`));
    // All that is required at once is an offer of the server's own.
    expect(offered.filter((label) => label !== `object(${title})`).sort()).toEqual(keysOf(input).sort());
  });

  it.each(types.filter(({ examples }) => examples?.length))("$name as a stage without a fault", async ({ name }) => {
    const text = await editor.inserted(`${HEAD}stages:\n  ¦`, `${name} stage`);
    expect(text).toContain(`uses: ${name}`);
    expect(await editor.problems(`${HEAD}stages:\n${filled(text ?? "").replace(/^/gm, "  ")}\n`)).toEqual([]);
  });

  it.each([
    ["uses: http\nwith:\n  method: ¦", ["GET", "POST", "DELETE"]],
    ["uses: end\nwith:\n  status: ¦", ["succeeded", "failed", "cancelled"]],
    ["uses: http\nonError: ¦", ["fail", "skip", "pause", "rollback"]],
    ["uses: http\ntimeout: ¦", ["30s", "5m", "3d"]],
    ["uses: http\nretry:\n  backoff: ¦", ["fixed", "exponential"]],
    ["uses: http\nneeds:\n  - ¦", ["anyOf", "settled"]],
  ])("the values that go there: %j", async (text, wanted) => {
    expect(await editor.complete(stage(text))).toEqual(expect.arrayContaining(wanted));
  });

  it("the keywords of JSON Schema for inputs, and the keys of agents and rulesets", async () => {
    expect(await editor.complete(`${HEAD}inputs:\n  amount:\n    type: ¦`)).toContain("number");
    expect(await editor.complete(`${HEAD}agents:\n  clerk:\n    ¦`)).toContain("instructions");
    expect(await editor.complete(`${HEAD}rulesets:\n  tier:\n    hit: ¦`)).toContain("unique");
  });
});

describe("an editor explains", () => {
  it.each(types)("$name and its keys, under their own names", async ({ name, input, description }) => {
    const use = await editor.hover(stage(`uses: ${name[0]}¦${name.slice(1)}`));
    expect(use).toContain("#### uses");
    expect(use).toContain(plain(description).slice(0, 30));
    const [key] = keysOf(input);
    if (key === undefined) return;
    const shown = await editor.hover(stage(`uses: ${name}\nwith:\n  ${key[0]}¦${key.slice(1)}: x`));
    expect(shown).toContain(`#### ${key}\n`);
    expect(shown).not.toContain("||");
  });

  it("the keys of a stage", async () => {
    expect(await editor.hover(stage("uses: http\nif¦: true"))).toContain("false ends it skipped");
  });
});

describe("an editor marks", () => {
  it("what is wrong with each stage, and nothing else", async () => {
    const text = `${HEAD}stages:
  a: { uses: htpp, with: { urll: x } }
  b: { uses: http, with: { urll: x } }
  c: { uses: approval, with: {} }
  d: { uses: data.read, with: { limit: "\${{ 1 }}", file: x.csv } }
  e: { uses: http, with: { url: x, method: GETT }, tiemout: 5m }
`;
    expect([...(await editor.problems(text))].sort()).toEqual([
      expect.stringMatching(/^5 Value is not accepted. Valid values: "acme\/chat.post", "agent"/),
      '6 Missing property "url".',
      "6 Property urll is not allowed.",
      '7 Missing property "approvers".',
      "9 Property tiemout is not allowed.",
      expect.stringMatching(/^9 Value is not accepted. Valid values: "GET"/),
    ]);
  });

  it.each(shippedIds)("nothing in the shipped definition %s, whose first line names the schema", async (id) => {
    expect(await editor.problems(shippedDefinition(id)?.text ?? "")).toEqual([]);
  });
});

/** A snippet with its tab stops taken as they are. */
function filled(snippet: string): string {
  return snippet.replace(/(?<!\\)\$\{\d+:([^}]*)\}/g, "$1").replaceAll("\\$", "$");
}

/** Markdown the server escapes is not part of the sentence. */
function plain(text: string): string {
  return text.split("`")[0] as string;
}
