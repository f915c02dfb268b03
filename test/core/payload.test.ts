import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.js";
import { checkPayload, payloadBytes } from "../../src/core/payload.js";
import { LIMITS } from "../../src/core/plan.js";

const check = (value: Json) => () => checkPayload(() => "outputs of stage a", value);
const nested = (depth: number): Json => {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = { in: [value] };
  return value;
};

describe("the size of a payload", () => {
  it("is its JSON in UTF-8", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
        const payload = [value as Json, text];
        expect(payloadBytes(payload)).toBe(Buffer.byteLength(JSON.stringify(payload)));
      }),
    );
  });

  it("is refused one byte over the limit, whatever it is made of", () => {
    const room = LIMITS.payloadBytes;
    expect(check("x".repeat(room - 2))).not.toThrow();
    expect(check("x".repeat(room - 1))).toThrow(
      "outputs of stage a takes 8388609 bytes of JSON; one value may take 8388608",
    );
    expect(check("🚀".repeat((room - 4) / 4))).not.toThrow();
    expect(check("🚀".repeat(room / 4))).toThrow(expect.objectContaining({ code: "payload-too-large" }));
    expect(check("\u0000".repeat(room / 6 + 1))).toThrow("bytes of JSON");
    expect(check(new Array(room / 2).fill(1))).toThrow("bytes of JSON");
    expect(check({ ["k".repeat(room)]: null })).toThrow("bytes of JSON");
    expect(check(new Array(1_000_000).fill(true))).not.toThrow();
  });

  it("is no matter of depth until it cannot be written at all", () => {
    expect(check(nested(1_000))).not.toThrow();
    expect(check(nested(1_000_000))).toThrow("is nested too deeply to be kept");
  });
});
