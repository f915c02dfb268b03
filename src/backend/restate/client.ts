import { StagecraftError } from "../../core/errors.js";
import type { TurnEnd } from "../../engine/away/decider.js";
import { NAMES, type RestateSettings } from "./settings.js";

/** How long the admin side may take to answer: milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * The Restate server, as workers and commands speak to it. Faults: `restate-unreachable`, `restate-not-ready`, `restate-no-worker`,
 * `restate-key-unknown`, `restate-refused`.
 */
export interface RestateClient {
  /** Gives the run a turn and resolves when it is over. */
  turn(run: string): Promise<TurnEnd["end"]>;
  /** Has the run given a turn soon; with the same `key`, once in a minute. */
  wake(run: string, key: string): Promise<void>;
  /** Makes known that workers answer at an address. */
  register(workers: string): Promise<void>;
  /** Its version. */
  version(): Promise<string>;
  /** Addresses of workers that are known, and what they offer. */
  workers(): Promise<readonly { readonly uri: string; readonly services: readonly string[] }[]>;
  /** Does it take in work? */
  isUp(): Promise<boolean>;
}

export function clientOf({ ingress, admin }: RestateSettings): RestateClient {
  const turnAt = (run: string) => `${ingress}/${NAMES.run}/${encodeURIComponent(run)}/turn`;
  const patient = () => ({ signal: AbortSignal.timeout(PATIENCE_MS) });
  return {
    async turn(run) {
      const answer = await ask(turnAt(run), { method: "POST" });
      return (await answer.json()) as TurnEnd["end"];
    },
    async wake(run, key) {
      await ask(`${turnAt(run)}/send`, { method: "POST", headers: { "idempotency-key": key }, ...patient() });
    },
    async register(workers) {
      const body = JSON.stringify({ uri: workers, force: true });
      const headers = { "content-type": "application/json" };
      await ask(`${admin}/deployments`, { method: "POST", headers, body, ...patient() });
    },
    async version() {
      const answer = await ask(`${admin}/version`, patient());
      return ((await answer.json()) as { version: string }).version;
    },
    async workers() {
      const answer = await ask(`${admin}/deployments`, patient());
      const { deployments } = (await answer.json()) as {
        deployments: { uri?: string; services: { name: string }[] }[];
      };
      return deployments.map(({ uri = "", services }) => ({ uri, services: services.map(({ name }) => name) }));
    },
    async isUp() {
      const answers = await Promise.allSettled([`${ingress}/restate/health`, `${admin}/health`].map((at) => ask(at)));
      return answers.every(({ status }) => status === "fulfilled");
    },
  };
}

/** May it be otherwise in a moment? Restate asks a worker what it offers, and a balancer may still lead to one that has died. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof StagecraftError)) return false;
  return ["restate-unreachable", "restate-not-ready", "restate-refused"].includes(error.code);
}

async function ask(url: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (cause) {
    throw new StagecraftError("restate-unreachable", `Restate does not answer at ${new URL(url).origin}`, {
      help: "start it (stagecraft dev --backend restate brings one along), or check restate: in stagecraft.config.yaml",
      kind: "environment",
      cause,
    });
  }
  if (answer.ok) return answer;
  const said = (await answer.text()).slice(0, 500);
  if (answer.status === 404) {
    throw new StagecraftError("restate-no-worker", `no worker of this project is known to Restate: ${said}`, {
      help: "stagecraft worker, with the same backend",
      kind: "environment",
    });
  }
  // Its own, a balancer's, or what it heard when it asked for the worker: one that has just died breaks off.
  if (answer.status === 503 || /503 Service Unavailable|stream error/.test(said)) {
    throw new StagecraftError("restate-not-ready", `Restate takes nothing in yet at ${url}: ${said}`, {
      help: "its nodes may be starting, or the balancer finds none of them up",
      kind: "environment",
    });
  }
  // What a worker said to it, when it came with another key than the worker knows.
  if (said.includes("401 Unauthorized")) {
    throw new StagecraftError(
      "restate-key-unknown",
      `the workers do not know the key of this Restate server: ${said}`,
      {
        help: "restate.identityKeys must name its public key: its log says it at the start, publickeyv1_…",
        kind: "environment",
      },
    );
  }
  throw new StagecraftError("restate-refused", `Restate answered ${answer.status} at ${url}: ${said}`, {
    kind: "environment",
  });
}
