import { parseDuration } from "../../src/core/duration.js";
import { StageError } from "../../src/core/errors.js";
import { isObject, type JsonObject } from "../../src/core/json.js";
import type { Clock } from "../../src/engine/ports.js";
import { definePlugin, type Plugin, type StageContext } from "../../src/plugin/api.js";

const object = { type: "object" } as const;

/** What a stage that works takes: milliseconds of virtual time. */
export interface Work {
  readonly takes: number;
  /** Ends it as it says: with its outputs, or by throwing how it fails. */
  end(): JsonObject;
}

/** `uses: work`: an effect that takes a second, or `takes`, and ends with `outputs` or fails with `fails`. */
export function workPlugin(perform: (work: Work, context: StageContext) => Promise<JsonObject>): Plugin {
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
        run: async (input, context) => ({ outputs: await perform(workOf(input), context) }),
      },
    ],
  });
}

function workOf({ takes, fails, outputs }: JsonObject): Work {
  return {
    takes: parseDuration(typeof takes === "string" ? takes : "1s") ?? 0,
    end() {
      if (typeof fails === "string") throw new StageError(fails, "asked to");
      return isObject(outputs) ? outputs : {};
    },
  };
}

/** Work that is over when its time has come. */
export const byClock =
  (clock: Clock) =>
  ({ takes, end }: Work, { signal }: StageContext): Promise<JsonObject> =>
    new Promise<void>((resolve, reject) => {
      const callOff = clock.at(clock.now() + takes, resolve);
      signal.addEventListener("abort", () => {
        callOff();
        reject(signal.reason);
      });
    }).then(end);
