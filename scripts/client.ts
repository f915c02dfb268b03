import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The parts of an OpenAPI document that the client is made of. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Needs a browser's cookie or a sender's signature, and not a token: not for a program that speaks as somebody. */
const NOT_FOR_CLIENTS = new Set(["beginSession", "endSession", "receiveWebhook"]);
/** Documents that have a file of their own, by its name. */
const APART = new Map(
  Object.entries({ metrics: ["Metrics"], audit: ["ActPage", "Act", "HoldList", "Hold", "Proof"] }).flatMap(
    ([file, names]) => names.map((name) => [name, file] as const),
  ),
);
const FILES = ["documents", ...new Set(APART.values())];
const BASE = "/api/v1";
const HEAD = "// Made from the OpenAPI document by `npm run schemas`.\n\n";

/** The client's types and one method an operation: path from the project's root → text. */
export function clientFiles({ paths, components }: OpenApi): Readonly<Record<string, string>> {
  const named = Object.entries(components.schemas).filter(([name]) => name !== "Problem");
  const texts = {
    ...Object.fromEntries(
      FILES.map((file) => [`${file}.ts`, HEAD + interfaces(named.filter(([name]) => fileOf(name) === file))]),
    ),
    "requests.ts":
      HEAD +
      served(paths)
        .flatMap(({ one }) => asks(one))
        .join("\n\n"),
    "operations.ts": HEAD + operations(served(paths)),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`src/client/${name}`, formatted(`src/client/${name}`, text)]),
  );
}

const fileOf = (document: string) => APART.get(document) ?? "documents";

function interfaces(named: readonly (readonly [string, Schema])[]): string {
  return named.map(([name, schema]) => declaration(name, schema)).join("\n\n");
}

function declaration(name: string, schema: Schema): string {
  const type = typeOf(schema);
  return type.startsWith("{") ? `export interface ${name} ${type}` : `export type ${name} = ${type};`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace(/^.*\//, "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array") return `readonly (${typeOf(schema.items ?? {})})[]`;
  if (schema.type === "object") return objectOf(schema);
  if (schema.type === "integer") return "number";
  return schema.type ?? "unknown";
}

function objectOf({ properties, required = [], additionalProperties, patternProperties = {} }: Schema): string {
  const values = Object.values(patternProperties)[0] ?? additionalProperties;
  if (properties === undefined) {
    return `Readonly<Record<string, ${typeof values === "object" ? typeOf(values) : "unknown"}>>`;
  }
  const lines = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? "" : "?";
    const type = typeOf(schema);
    return `${comment(schema.description)}readonly ${name}${optional}: ${type};`;
  });
  if (additionalProperties === true) lines.push("readonly [more: string]: unknown;");
  // The formatter leaves an object on one line where that is how it comes, and a comment needs a line to itself.
  return `{${lines[0]?.startsWith("/**") ? "\n" : " "}${lines.join("\n")} }`;
}

function comment(text: string | undefined): string {
  return text === undefined ? "" : `/** ${text} */\n`;
}

interface Served {
  readonly path: string;
  readonly method: string;
  readonly one: Operation;
}

function served(paths: OpenApi["paths"]): readonly Served[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => !NOT_FOR_CLIENTS.has(operationId))
      .map(([method, one]) => ({ path: path.slice(BASE.length), method, one })),
  );
}

function operations(all: readonly Served[]): string {
  const used = [...new Set(all.map(({ one }) => answerOf(one)))];
  const imports = FILES.map((file) => {
    const names = used.filter((name) => fileOf(name) === file);
    return `import type { ${names.join(", ")} } from "./${file}.js";`;
  });
  const asked = all.filter(({ one }) => asks(one).length > 0).map(({ one }) => title(one.operationId));
  return `${imports.join("\n")}
import type { Ask, RequestOptions, StartOptions } from "./request.js";
import type { ${asked.join(", ")} } from "./requests.js";

/** One method an operation of the API; how a request is made is said by who extends it. */
export abstract class Operations {
protected abstract ask<T>(ask: Ask, options?: RequestOptions): Promise<T>;

${all.map(methodOf).join("\n\n")}
}`;
}

const title = (id: string) => `${id[0]?.toUpperCase()}${id.slice(1)}`;

function bodyOf({ requestBody }: Operation): Schema | undefined {
  const schema = requestBody?.content?.["application/json"]?.schema;
  return Object.keys(schema?.properties ?? {}).length === 0 ? undefined : schema;
}

function queryOf({ parameters = [] }: Operation): Schema | undefined {
  const query = parameters.filter((one) => one.in === "query");
  if (query.length === 0) return undefined;
  return {
    type: "object",
    properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])),
    required: query.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** The interfaces of what an operation is asked with. */
function asks(one: Operation): readonly string[] {
  const asked = bodyOf(one) ?? queryOf(one);
  return asked === undefined ? [] : [declaration(title(one.operationId), asked)];
}

function methodOf({ path, method, one }: Served): string {
  const asked = bodyOf(one) ?? queryOf(one);
  const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
  const isOptional = (asked?.required ?? []).length === 0;
  const what = bodyOf(one) !== undefined ? "body" : "query";
  const given = asked === undefined ? [] : [`${what}: ${title(one.operationId)}${isOptional ? " = {}" : ""}`];
  const isKeyed = one.parameters?.some(({ name }) => name === "Idempotency-Key") === true;
  const parameters = [...places, ...given, `options?: ${isKeyed ? "StartOptions" : "RequestOptions"}`];
  const parts = [
    `method: "${method.toUpperCase()}"`,
    `path: \`${path.replace(/\{(\w+)\}/g, (_, name) => `\${encodeURIComponent(${name})}`)}\``,
    ...(asked === undefined ? [] : [what === "query" ? "query: { ...query }" : "body"]),
  ];
  return `/** ${one.summary} */
${one.operationId}(${parameters.join(", ")}): Promise<${answerOf(one)}> {
return this.ask({ ${parts.join(", ")} }, options);
}`;
}

function answerOf({ responses }: Operation): string {
  const [first] = Object.values(responses).flatMap(({ content }) => content?.["application/json"]?.schema ?? []);
  return typeOf(first ?? {});
}

/** As the formatter of the house leaves it: what is generated is read too. */
function formatted(file: string, text: string): string {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "check", "--write", `--stdin-file-path=${file}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(`biome: ${stderr}`);
  return stdout;
}
