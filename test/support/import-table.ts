/** What a room may import. The same table stands in src/README.md; a test holds the two together. */
export interface Room {
  /** Files of the project: a folder ends in `/`. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
}

/** Most specific first: the first key that a path starts with is its room. */
export const ROOMS: Readonly<Record<string, Room>> = {
  "src/core/expression/": { files: ["src/core/"], packages: ["re2js"], node: false },
  "src/core/": { files: ["src/core/"], packages: [], node: false },
  "src/plugin/api.ts": {
    files: ["src/core/", "src/plugin/code.ts", "src/plugin/exchange.ts", "src/plugin/project.ts"].concat(
      "src/plugin/remote.ts",
      "src/plugin/stage-info.ts",
      "src/plugin/surroundings.ts",
    ),
    packages: [],
    node: false,
  },
  "src/plugin/registry.ts": { files: ["src/core/", "src/plugin/"], packages: [], node: false },
  "src/plugin/": { files: ["src/core/", "src/plugin/"], packages: ["jiti"], node: true },
  "src/definition/": {
    files: ["src/core/", "src/definition/", "src/plugin/api.ts", "src/plugin/registry.ts"],
    packages: ["yaml", "ajv", "ajv-formats", "@sinclair/typebox", "croner"],
    node: false,
  },
  "src/engine/": { files: ["src/core/", "src/plugin/", "src/engine/"], packages: ["p-limit"], node: true },
  "src/store/": {
    files: ["src/core/", "src/engine/ports.ts", "src/store/"],
    packages: ["knex", "sqlite3", "pg"],
    node: true,
  },
  "src/testing/": {
    files: ["src/core/", "src/definition/", "src/engine/", "src/plugin/", "src/store/memory/", "src/testing/"],
    packages: ["p-limit"],
    node: true,
  },
  "src/backend/": {
    files: ["src/core/", "src/engine/", "src/plugin/api.ts", "src/backend/"],
    packages: ["@restatedev/restate-sdk"],
    node: true,
  },
  "src/observe/graph/": {
    files: ["src/core/", "src/observe/graph/"],
    packages: ["@dagrejs/dagre"],
    node: false,
  },
  "src/observe/": {
    files: ["src/core/", "src/engine/ports.ts", "src/observe/"],
    packages: ["prom-client", "pino"].concat(
      ["exporter-trace-otlp-http", "sdk-trace-node", "resources"].map((name) => `@opentelemetry/${name}`),
    ),
    node: true,
  },
  "src/server/web/": {
    files: ["src/core/", "src/observe/graph/", "src/server/schema/", "src/server/web/"],
    packages: ["preact", "@preact/signals-core"],
    node: false,
  },
  "src/server/": {
    files: ["src/core/", "src/engine/ports.ts", "src/observe/", "src/server/"],
    packages: ["hono", "@hono/node-server", "ajv", "ajv-formats", "yaml", "@sinclair/typebox"],
    node: true,
  },
  "src/cli/": {
    files: ["src/core/", "src/config.ts", "src/app.ts", "src/cli/", "src/observe/documents.ts", "src/observe/graph/"],
    packages: ["@oclif/core", "listr2", "@dagrejs/dagre", "yaml"],
    node: true,
  },
  "src/config": { files: ["src/config", "src/core/"], packages: ["yaml", "ajv"], node: true },
  "src/app": {
    files: [
      "src/app/",
      "src/core/",
      "src/plugin/",
      "src/definition/",
      "src/engine/",
      "src/store/",
      "src/backend/",
      "src/observe/",
      "src/testing/",
    ].concat("src/server/", "src/config.ts", "plugins/"),
    packages: ["jiti", "croner", "@modelcontextprotocol/server"],
    node: true,
  },
  "src/client/": { files: ["src/client/"], packages: [], node: false },
  "src/stagecraft.ts": {
    files: ["src/core/", "src/plugin/api.ts", "src/engine/ports.ts", "src/app", "src/config.ts"],
    packages: [],
    node: true,
  },
  "src/index.ts": {
    files: [
      "src/core/",
      "src/plugin/",
      "src/definition/",
      "src/engine/",
      "src/store/",
      "src/app.ts",
      "src/config.ts",
      "src/stagecraft.ts",
    ],
    packages: [],
    node: false,
  },
  "bin/": { files: ["src/cli/"], packages: [], node: true },
};
