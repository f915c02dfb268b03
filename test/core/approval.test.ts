import { describe, expect, it } from "vitest";
import {
  type Actor,
  type ApprovalRequest,
  approvalOutputs,
  type Decision,
  judge,
  settle,
} from "../../src/core/approval.js";

const request = (over: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  title: "Pay",
  approvers: ["role:manager", "group:board", "ann"],
  forbid: [],
  quorum: { approve: 1, reject: 1 },
  outcomes: ["approved", "rejected"],
  ...over,
});
const actor = (user: string, over: Partial<Actor> = {}): Actor => ({
  user,
  roles: [],
  groups: [],
  via: "test",
  ...over,
});
const decision = (by: string, outcome: string, over: Partial<Decision> = {}): Decision => ({
  by,
  via: "test",
  at: 0,
  outcome,
  ...over,
});

describe("who may decide", () => {
  it("lets in a listed user, a holder of a listed role and a member of a listed group", () => {
    const settled = { accepted: true, settled: "approved" };
    expect(judge(request(), [], actor("ann"), "approved")).toEqual(settled);
    expect(judge(request(), [], actor("bob", { roles: ["manager"] }), "approved")).toEqual(settled);
    expect(judge(request(), [], actor("cat", { groups: ["board"] }), "approved")).toEqual(settled);
  });

  it("keeps out everybody else, and names who may", () => {
    const verdict = judge(request(), [], actor("eve", { roles: ["board"], groups: ["manager"] }), "approved");
    expect(verdict).toMatchObject({ accepted: false, code: "not-entitled" });
    expect(verdict).toHaveProperty("reason", expect.stringContaining("role:manager, group:board, ann"));
  });

  it("does not take a user whose name looks like a role for its holder", () => {
    expect(judge(request(), [], actor("role:manager"), "approved")).toMatchObject({ code: "not-entitled" });
  });

  it("matches an approver's name exactly: no entitlement by another spelling", () => {
    expect(judge(request(), [], actor("ANN"), "approved")).toMatchObject({ code: "not-entitled" });
  });

  it("forbids a person whatever their role, and however the name is written", () => {
    for (const written of ["Ann@Example.org", "user:Ann@Example.org", "User: ann@example.org"]) {
      const forbidding = request({ forbid: [written] });
      for (const user of ["Ann@Example.org", "ann@example.org", " ANN@EXAMPLE.ORG "]) {
        const verdict = judge(forbidding, [], actor(user, { roles: ["manager"] }), "approved");
        expect(verdict).toMatchObject({ accepted: false, code: "forbidden" });
      }
    }
  });

  it("reads names as data: constructor and __proto__ are nobody's role", () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(judge(request({ approvers: [`role:${name}`] }), [], actor("eve"), "approved")).toMatchObject({
        code: "not-entitled",
      });
    }
  });
});

describe("what may be decided", () => {
  it("refuses an outcome that is not offered, `expired` among them", () => {
    for (const outcome of ["expired", "maybe", "constructor", ""]) {
      expect(judge(request(), [], actor("ann"), outcome)).toMatchObject({ accepted: false, code: "unknown-outcome" });
    }
  });

  it("takes a further outcome the definition names, with the reject quorum", () => {
    const three = request({
      outcomes: ["approved", "rejected", "changesRequested"],
      quorum: { approve: 3, reject: 1 },
    });
    expect(judge(three, [], actor("ann"), "changesRequested")).toEqual({ accepted: true, settled: "changesRequested" });
  });

  it("refuses a second word of one person, also for another outcome and in another spelling", () => {
    const two = request({ quorum: { approve: 2, reject: 2 }, approvers: ["role:manager"] });
    const before = [decision("ann", "approved")];
    for (const user of ["ann", "Ann"]) {
      for (const outcome of ["approved", "rejected"]) {
        const verdict = judge(two, before, actor(user, { roles: ["manager"] }), outcome);
        expect(verdict).toMatchObject({
          accepted: false,
          code: "already-decided",
          reason: expect.stringContaining("approved"),
        });
      }
    }
  });

  it("refuses a decision on what is settled, and says by whom", () => {
    const verdict = judge(request(), [decision("bob", "rejected")], actor("ann"), "approved");
    expect(verdict).toEqual({ accepted: false, code: "already-decided", reason: "already rejected by bob" });
  });
});

describe("the quorum", () => {
  it("stays open until enough different people approved", () => {
    const two = request({ quorum: { approve: 2, reject: 1 } });
    expect(judge(two, [], actor("ann"), "approved")).toEqual({ accepted: true });
    const before = [decision("bob", "approved")];
    expect(judge(two, before, actor("ann"), "approved")).toEqual({ accepted: true, settled: "approved" });
  });

  it("is settled by one rejection where one is enough, whatever was approved before", () => {
    const three = request({ quorum: { approve: 3, reject: 1 } });
    const before = [decision("bob", "approved"), decision("cat", "approved")];
    expect(judge(three, before, actor("ann"), "rejected")).toEqual({ accepted: true, settled: "rejected" });
  });

  it("counts each outcome by itself: two different refusals are not two rejections", () => {
    const mixed = request({
      outcomes: ["approved", "rejected", "changesRequested"],
      quorum: { approve: 1, reject: 2 },
    });
    expect(settle(mixed, [decision("a", "rejected"), decision("b", "changesRequested")])).toBeUndefined();
    expect(settle(mixed, [decision("a", "rejected"), decision("b", "rejected")])).toBe("rejected");
  });

  it("does not settle early when approval can no longer be reached: it waits for its reject quorum or its expiry", () => {
    const three = request({ approvers: ["ann", "bob", "cat"], quorum: { approve: 3, reject: 2 } });
    expect(settle(three, [decision("ann", "rejected")])).toBeUndefined();
    expect(judge(three, [decision("ann", "rejected")], actor("bob"), "approved")).toEqual({ accepted: true });
  });

  it("is settled by whichever outcome was full first, however many decisions follow", () => {
    const decisions = [decision("a", "rejected"), decision("b", "approved"), decision("c", "approved")];
    expect(settle(request(), decisions)).toBe("rejected");
    expect(settle(request({ quorum: { approve: 2, reject: 2 } }), decisions)).toBe("approved");
  });

  it("is never settled by nobody", () => {
    expect(settle(request(), [])).toBeUndefined();
  });

  it("does not count words that were never offered", () => {
    expect(settle(request(), [decision("a", "expired"), decision("b", "whatever")])).toBeUndefined();
  });
});

describe("the outputs", () => {
  it("tell the outcome, the decisive decision and all decisions with their times", () => {
    const two = request({ quorum: { approve: 2, reject: 1 } });
    const decisions = [
      decision("bob", "approved", { at: Date.UTC(2026, 10, 22), comment: "fine" }),
      decision("ann", "approved", { at: Date.UTC(2026, 10, 23), data: { limit: 5 }, saw: "ab" }),
    ];
    expect(approvalOutputs(two, decisions, "approved")).toEqual({
      outcome: "approved",
      by: "ann",
      comment: null,
      data: { limit: 5 },
      decisions: [
        { by: "bob", at: "2026-11-22T00:00:00.000Z", outcome: "approved", comment: "fine" },
        { by: "ann", at: "2026-11-23T00:00:00.000Z", outcome: "approved", data: { limit: 5 } },
      ],
    });
  });

  it("name nobody when it expired, and keep what was said", () => {
    const two = request({ quorum: { approve: 2, reject: 1 } });
    const outputs = approvalOutputs(two, [decision("bob", "approved", { comment: "fine" })], "expired");
    expect(outputs).toMatchObject({ outcome: "expired", by: null, comment: null, data: null });
    expect(outputs.decisions).toHaveLength(1);
  });
});
