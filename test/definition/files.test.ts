import { beforeAll, describe, expect, it } from "vitest";
import { type ReadHost, readDefinition } from "../../src/definition/index.js";
import { goldenHost } from "../support/golden.js";

const HEAD = 'apiVersion: stagecraft/v1\nid: parts\nversion: "1.0.0"\n';
let golden: ReadHost;
beforeAll(async () => {
  golden = await goldenHost();
});

/** What is found in a definition at `flows/a.yaml` whose folder has these files: place and code. */
function found(text: string, files: Readonly<Record<string, string>>): readonly string[] {
  const readFile = (path: string) => (Object.hasOwn(files, path) ? files[path] : undefined);
  const { diagnostics, texts } = readDefinition({ file: "flows/a.yaml", text: HEAD + text }, { ...golden, readFile });
  for (const { file } of diagnostics) expect([...texts.keys()]).toContain(file);
  return diagnostics.map(({ file, range: { start }, code }) => `${file}:${start.line}:${start.column} ${code}`);
}

const ask = (instructions: string) => `agents:
  clerk: { instructions: ${instructions} }
stages:
  ask: { uses: agent, with: { agent: clerk, input: { name: Ann } } }
  # stagecraft-ignore maybe-missing
  again: { needs: [ask], uses: agent, with: { agent: clerk, input: { name: Bob } } }
`;

describe("what a file of its own says", () => {
  it("is found in that file, named as it lies from where the definition is", () => {
    const prompt = "Dear $${{ reader }},\n\n  greet ${{ input.nmae }}.\n";
    expect(found(ask("{ file: ../prompts/./clerk.md }"), { "../prompts/./clerk.md": prompt })).toEqual([
      "prompts/clerk.md:3:19 unknown-field",
    ]);
    expect(found(ask("{ file: clerk.md }"), { "clerk.md": prompt })).toEqual(["flows/clerk.md:3:19 unknown-field"]);
  });

  it("comes after the definition's own findings, and is said once however many stages use it", () => {
    const text = `${ask("{ file: clerk.md }")}outputs: { x: "\${{ inputs.x }}" }\n`;
    expect(found(text, { "clerk.md": "${{ input.a }} ${{ input.b }}" })).toEqual([
      "flows/a.yaml:10:27 unknown-field",
      "flows/clerk.md:1:11 unknown-field",
      "flows/clerk.md:1:26 unknown-field",
    ]);
  });

  it("is not silenced by a comment of the definition that happens to be on the same line", () => {
    const lines = "\n".repeat(8);
    const text = ask("{ file: clerk.md }").replaceAll("{ name: Ann }", '"${{ inputs.who }}"');
    const inputs = "inputs: { who: { type: object, properties: { name: { type: string } } } }\n";
    expect(found(inputs + text, { "clerk.md": `${lines}\${{ input.name }}` })).toContain(
      "flows/clerk.md:9:11 maybe-missing",
    );
  });

  it("is known by the types of what the stage gives, and by nothing where it gives an open value", () => {
    const open = ask("{ file: clerk.md }").replaceAll(/input: \{.*?\}/g, 'input: "${{ trigger }}"');
    expect(found(open, { "clerk.md": "${{ input.anything.at.all }}" })).toEqual([]);
    const none = ask("{ file: clerk.md }").replaceAll(/, input: \{.*?\}/g, "");
    expect(found(none, { "clerk.md": "${{ coalesce(input, 'nobody') }} ${{ input }}" })).toEqual([
      "flows/clerk.md:1:38 name-not-available",
    ]);
  });
});

describe("a schema in a file", () => {
  it("is found faulty in that file", () => {
    const text = "stages:\n  check: { uses: validate, with: { data: 1, schema: { file: a.json } } }\n";
    expect(found(text, { "a.json": '{\n  "type": "numbr"\n}\n' })).toEqual(["flows/a.json:2:11 invalid-schema"]);
  });
});
