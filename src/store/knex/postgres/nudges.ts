import type { Client } from "pg";
import type { Nudge, NudgeStore } from "../../../engine/ports.js";
import { loadDriver } from "./driver.js";

/** Until the connection is tried again: milliseconds. */
const AGAIN_MS = 1_000;

export interface Nudges extends Required<NudgeStore> {
  close(): Promise<void>;
}

/** One connection of the process listens for all who want to hear; it is made with the first of them. */
export function nudgesOf(url: string): Nudges {
  const hearers = new Set<(nudge: Nudge) => void>();
  let client: Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let isListening = false;

  const tell = (payload = "") => {
    const [what, run = ""] = payload.split(" ");
    if (what !== "due" && what !== "told") return;
    for (const hear of [...hearers]) hear({ what, run });
  };
  const listen = async () => {
    const { Client } = await loadDriver();
    const mine = new Client({ connectionString: url, application_name: "stagecraft listener", keepAlive: true });
    client = mine;
    // Whoever waits looks now and then by itself: nothing hangs on this connection.
    mine.on("error", () => {});
    mine.on("end", later);
    mine.on("notification", ({ payload }) => tell(payload));
    await mine.connect();
    await mine.query("LISTEN stagecraft");
  };
  const start = () => {
    isListening = true;
    listen().catch(later);
  };
  const later = () => {
    clearTimeout(again);
    if (isListening) again = setTimeout(start, AGAIN_MS).unref();
  };
  return {
    onNudge(hear) {
      // Each wish is its own, also of the same function.
      const mine = (nudge: Nudge) => hear(nudge);
      hearers.add(mine);
      if (!isListening) start();
      return () => void hearers.delete(mine);
    },
    async close() {
      isListening = false;
      clearTimeout(again);
      hearers.clear();
      await client?.end().catch(() => {});
    },
  };
}
