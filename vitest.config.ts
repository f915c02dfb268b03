import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

/** Rooms whose tests share nothing but the code: its modules are loaded once for all of them, not once a file. */
const ROOMS = "app,core,definition,definitions,engine,expression,faults,patterns,plugin,plugins,testing,yardsticks";
const ofRooms = [`test/{${ROOMS}}/**/*.test.ts`];

export default defineConfig({
  resolve: { alias: { "stagecraft/plugin": here("./src/plugin/api.ts") } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: availableParallelism(),
    projects: [
      { extends: true, test: { name: "rooms", include: ofRooms, isolate: false } },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          exclude: ofRooms,
          globalSetup: ["test/support/postgres/global.ts"],
        },
      },
    ],
  },
});
