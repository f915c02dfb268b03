import { afterEach, expect, it } from "vitest";
import { createProject } from "../support/cli.js";
import { type HttpServer, serve } from "../support/http-server.js";

const PAY = `apiVersion: stagecraft/v1
id: pay
version: "1.0.0"
stages:
  gate:
    uses: approval
    with: { title: Pay?, approvers: ["role:manager"], forbid: ["group:vendors"], expires: 3d }
  paid: { needs: [gate.approved], uses: transform, with: { values: { paid: true } } }
  no: { needs: [{ anyOf: [gate.rejected, gate.expired] }], uses: transform, with: { values: { paid: false } } }
`;

/** As a company would write one for its own directory. */
const PLUGIN = `import { definePlugin } from "stagecraft/plugin";
export default definePlugin({
  name: "acme/people", version: "1.0.0", apiVersion: 1,
  directories: [{
    name: "acme/people",
    settings: { type: "object", additionalProperties: false, required: ["url"], properties: { url: { type: "string" } } },
    async find(user, { url }, { signal, secret }) {
      const authorization = "Bearer " + (await secret("PEOPLE_TOKEN"));
      const answer = await fetch(url + "/people/" + encodeURIComponent(user), { headers: { authorization }, signal });
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error("it answered " + answer.status + " to " + authorization);
      return await answer.json();
    },
  }],
});
`;

const TOKEN = "people-token-4711";

type People = Record<string, object>;

const PEOPLE: People = {
  dana: { user: "dana", roles: ["manager"], groups: [] },
  Dana: { user: "dana", roles: ["manager"], groups: [] },
  vera: { user: "vera", roles: ["manager"], groups: ["vendors"] },
  gus: { user: "gus", roles: [], groups: [], actsFor: ["dana"] },
  ivan: { user: "ivan", roles: [], groups: [], actsFor: ["vera"] },
  otto: { user: "otto", roles: ["manager"], groups: [], osUser: "nobody-of-this-name" },
  odd: { user: "odd", roles: "manager" },
};

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const one of servers.splice(0)) await one.close();
});

/** A project whose people are asked for over HTTP, with an approval that waits. */
async function asked(more = "") {
  const people: People = { ...PEOPLE };
  const state = { isDown: false };
  const directory = await serve(({ url }, response) => {
    const name = decodeURIComponent(url.split("/").at(-1) ?? "");
    const found = Object.hasOwn(people, name) ? people[name] : undefined;
    response.statusCode = state.isDown ? 500 : found === undefined ? 404 : 200;
    response.end(JSON.stringify(found ?? {}));
  });
  servers.push(directory);
  const at = createProject({
    "definitions/pay.workflow.yaml": PAY,
    "plugins/people.ts": PLUGIN,
    ".env": `PEOPLE_TOKEN=${TOKEN}\n`,
    "stagecraft.config.yaml": `identities:\n  directory: { provider: acme/people, settings: { url: "${directory.url}" } }\n${more}`,
  });
  const { document } = await at.json(["run", "pay", "--wait", "0s"]);
  const id = document.approvals[0].id as string;
  const open = async () => (await at.json(["approvals", "show", id])).document.approval.status === "open";
  return { at, id, people, state, directory, open };
}

it("takes roles from the directory at the moment of the decision, and hands it the secret it asks for", async () => {
  const { at, id, people, directory } = await asked();
  people["dana"] = { user: "dana", roles: [], groups: [] };
  const without = await at.run(["approve", id, "--as", "dana"]);
  expect(without).toMatchObject({ code: 5, stderr: expect.stringContaining("[not-entitled]") });
  people["dana"] = PEOPLE["dana"]!;
  expect(await at.run(["approve", id, "--as", "dana"])).toMatchObject({ code: 0 });
  expect(directory.seen.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
});

it("refuses whom it puts into a forbidden group, whoever stands in for them, and whom it does not know", async () => {
  const { at, id, open } = await asked();
  for (const [user, code] of [
    ["vera", "forbidden"],
    ["ivan", "forbidden"],
    ["mallory", "unknown-user"],
    ["otto", "not-permitted"],
  ] as const) {
    const refused = await at.run(["approve", id, "--as", user]);
    expect(refused, user).toMatchObject({ code: 5, stderr: expect.stringContaining(`[${code}]`) });
  }
  expect(await open()).toBe(true);
  const { document } = await at.json(["audit", "ls", "--who", "mallory"]);
  expect(JSON.stringify(document.acts)).toMatch(/decisionRefused.*unknown-user/);
});

it("lets a stand-in that the directory names decide, and records both by the one name it has for each", async () => {
  const { at, id } = await asked();
  expect(await at.run(["approve", id, "--as", "gus"])).toMatchObject({ code: 0 });
  const { document } = await at.json(["approvals", "show", id]);
  expect(document.approval.decisions).toMatchObject([{ by: "gus", onBehalfOf: "dana" }]);
});

it("knows one person under every name", async () => {
  const { at, id } = await asked();
  expect(await at.run(["approve", id, "--as", "Dana"])).toMatchObject({ code: 0 });
  const { document } = await at.json(["approvals", "show", id]);
  expect(document.approval.decisions).toMatchObject([{ by: "dana" }]);
});

it("decides nothing while the directory cannot answer, says why without its secret, and goes on when it can", async () => {
  const { at, id, state, open, directory } = await asked("  users: { ann: { roles: [manager] } }\n");
  state.isDown = true;
  for (const user of ["dana", "ann"]) {
    const refused = await at.run(["approve", id, "--as", user]);
    expect(refused, user).toMatchObject({ code: 2, stderr: expect.stringContaining("[directory-unavailable]") });
    expect(refused.stderr).toContain("it answered 500 to Bearer ***");
    expect(refused.stderr).toContain("nothing was decided");
  }
  expect(await open()).toBe(true);
  state.isDown = false;
  expect((await at.run(["approve", id, "--as", "odd"])).stderr, "an answer that is no person").toContain(
    "[directory-unavailable]",
  );
  expect(await open()).toBe(true);
  expect(await at.run(["approve", id, "--as", "ann"]), "known to the project alone").toMatchObject({ code: 0 });
  expect(directory.seen.length).toBeGreaterThan(3);
});

it("judges a signed link by what the directory says when it is used", async () => {
  const { at, id, people, open } = await asked();
  const { document } = await at.json(["approvals", "link", id, "--for", "dana"]);
  people["dana"] = { user: "dana", roles: [], groups: [] };
  const refused = await at.run(["approvals", "answer", document.token]);
  expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining("[not-entitled]") });
  expect(await open()).toBe(true);
});
