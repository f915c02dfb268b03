import { parseDuration } from "../../src/core/duration.js";
import { StageError } from "../../src/core/errors.js";
import { isObject } from "../../src/core/json.js";
import type { Clock } from "../../src/engine/ports.js";
import { definePlugin, type Plugin } from "../../src/plugin/api.js";

const object = { type: "object" } as const;

/** `uses: work`: an effect that takes a second of virtual time, or `takes`, and ends with `outputs` or fails with `fails`. */
export function workPlugin(clock: Clock): Plugin {
  return definePlugin({
    name: "work",
    version: "1.0.0",
    apiVersion: 1,
    stages: [
      {
        kind: "effect",
        name: "work",
        title: "Work",
        description: "Takes time.",
        input: {
          ...object,
          additionalProperties: false,
          properties: { takes: { type: "string" }, fails: { type: "string" }, outputs: object },
        },
        output: object,
        run: (input, { signal }) =>
          new Promise((resolve, reject) => {
            const takes = parseDuration(typeof input.takes === "string" ? input.takes : "1s") ?? 0;
            const outputs = isObject(input.outputs) ? input.outputs : {};
            const callOff = clock.at(clock.now() + takes, () => {
              if (typeof input.fails === "string") reject(new StageError(input.fails, "asked to"));
              else resolve({ outputs });
            });
            signal.addEventListener("abort", () => {
              callOff();
              reject(signal.reason);
            });
          }),
      },
    ],
  });
}
