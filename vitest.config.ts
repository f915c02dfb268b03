import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: { alias: { "stagecraft/plugin": here("./src/plugin/api.ts") } },
  test: {
    globalSetup: ["test/support/postgres/global.ts"],
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
