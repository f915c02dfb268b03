import { describe, expect, it } from "vitest";
import { newKeyPair, seal, sealFault, sealIn } from "../../src/observe/audit/sign.js";

const LINES = ["one", "two", "three"].map((what, at) => `${JSON.stringify({ seq: at + 1, what })}\n`);
const [FIRST = "", SECOND = "", THIRD = ""] = LINES;
const TEXT = LINES.join("");
const facts = { at: "2026-11-20T10:00:00.000Z", by: "dana", heads: {}, trail: { seq: 0, hash: "0".repeat(64) } };
const keys = newKeyPair();
const signed = seal(TEXT, facts, keys.privateKey);

describe("an exported file", () => {
  it("is what was signed, to whoever has the public key", () => {
    expect(sealFault(TEXT, signed, keys.publicKey)).toBeUndefined();
  });

  it.each([
    ["changed", TEXT.replace("two", "too")],
    ["removed", FIRST + THIRD],
    ["removed from the end", FIRST + SECOND],
    ["added", TEXT + THIRD],
    ["moved", SECOND + FIRST + THIRD],
    ["ended otherwise", TEXT.replaceAll("\n", "\r\n")],
  ])("is told when a line was %s", (_, text) => {
    expect(sealFault(text, signed, keys.publicKey)).toBe("the file was changed after it was signed");
  });

  it.each([
    [
      "the hash of another file",
      TEXT + THIRD,
      { ...signed, sha256: seal(TEXT + THIRD, facts, keys.privateKey).sha256 },
    ],
    ["somebody else's name", TEXT, { ...signed, by: "mallory" }],
    ["another time", TEXT, { ...signed, at: "2026-11-21T10:00:00.000Z" }],
    ["no signature", TEXT, { ...signed, signature: "" }],
    ["a signature of noise", TEXT, { ...signed, signature: "%%%" }],
    ["the signature of another export", TEXT, { ...signed, signature: seal(FIRST, facts, keys.privateKey).signature }],
  ])("is told when its signature file was given %s", (_, text, harmed) => {
    expect(sealFault(text, harmed, keys.publicKey)).toBe("its signature does not hold");
  });

  it("has a signature file with a signature in it, or none", () => {
    expect(sealIn(JSON.stringify(signed))).toEqual(signed);
    const { signature: _, ...unsigned } = signed;
    for (const text of ["", "null", "[]", "{", JSON.stringify(unsigned)]) expect(sealIn(text), text).toBeUndefined();
  });

  it("signed anew by somebody else is told by the key, also under the name of the right one", () => {
    const theirs = seal(TEXT, facts, newKeyPair().privateKey);
    expect(sealFault(TEXT, theirs, keys.publicKey)).toMatch(/^it was signed with another key \([0-9a-f]{16}\)/);
    expect(sealFault(TEXT, { ...theirs, key: signed.key }, keys.publicKey)).toBe("its signature does not hold");
  });
});
