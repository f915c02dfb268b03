import type { TSchema } from "@sinclair/typebox";
import type { Json, JsonObject } from "../core/json.js";
import { BASE, type Route } from "./route.js";
import { Problem } from "./schema/documents.js";

/** The description of the API: made of the same routes and schemas that serve it. */
export function openApi(routes: readonly Route[], version: string): JsonObject {
  const components: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of routes) {
    paths[`${BASE}${one.path}`] ??= {};
    (paths[`${BASE}${one.path}`] as Record<string, Json>)[one.method] = operation(one, components);
  }
  const tags = [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name }));
  return {
    openapi: "3.1.0",
    info: {
      title: "Stagecraft",
      version,
      description: "Start, follow and steer runs of workflows, and decide what waits for people.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags,
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "stagecraft_PORT" },
      },
    },
  };
}

function operation(one: Route, components: Record<string, Json>): JsonObject {
  const parameters = [...pathParameters(one), ...queryParameters(one, components), ...headerParameters(one)];
  const answers = Object.entries(one.answers).map(([status, { description, schema }]): [string, Json] => {
    if (schema === undefined) return [status, { description }];
    const json = { schema: refer(schema, components) };
    const others = (one.streams ?? []).map((type) => [type, { schema: { type: "string" } }]);
    return [status, { description, content: Object.fromEntries([["application/json", json], ...others]) }];
  });
  const problem = { "application/problem+json": { schema: refer(Problem, components) } };
  return {
    operationId: one.id,
    summary: one.summary,
    tags: [one.tag],
    ...(one.needs === null && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(one.body !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: refer(one.body, components) } } },
    }),
    ...(one.rawBody !== undefined && {
      requestBody: { required: true, description: one.rawBody, content: { "application/json": { schema: {} } } },
    }),
    responses: { ...Object.fromEntries(answers), default: { description: "what was wrong", content: problem } },
  };
}

function pathParameters({ path }: Route): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name as string,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Route, components: Record<string, Json>): JsonObject[] {
  const required = new Set(query?.required ?? []);
  return Object.entries(query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.has(name),
    schema: refer(schema, components),
  }));
}

function headerParameters({ headers }: Route): JsonObject[] {
  return Object.entries(headers ?? {}).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
}

/** A schema as JSON; one with an `$id` goes to the components and is referred to. */
function refer(schema: TSchema, components: Record<string, Json>): Json {
  const walk = (value: unknown): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value as Json;
    const { $id, ...rest } = value as { $id?: string };
    const plain = () => Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, walk(inner)]));
    if (typeof $id !== "string") return plain();
    if (!Object.hasOwn(components, $id)) {
      components[$id] = {};
      components[$id] = plain();
    }
    return { $ref: `#/components/schemas/${$id}` };
  };
  return walk(schema);
}
