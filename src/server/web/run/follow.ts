import { useEffect, useRef, useState } from "preact/hooks";
import type { Recorded } from "../../../core/event.js";
import type { RunViewDocument } from "../../schema/documents.js";
import { type ApiFault, follow, get } from "../api.js";
import { asFault } from "../parts/load.js";
import { Replay } from "./replay.js";

export interface Followed {
  readonly view: RunViewDocument | undefined;
  readonly replay: Replay | undefined;
  readonly fault: ApiFault | undefined;
}

const PAGE = 1_000;

/** A run with its whole journal, and what is added to it as it comes. */
export function useRun(id: string): Followed {
  const [state, setState] = useState<Omit<Followed, "replay">>({ view: undefined, fault: undefined });
  const replay = useRef<Replay | undefined>(undefined);
  const [, setVersion] = useState(0);
  useEffect(() => {
    let stop: () => void = () => {};
    let isOver = false;
    let isDrawing = false;
    // However many events come, at most one drawing a frame.
    const draw = () => {
      if (isDrawing) return;
      isDrawing = true;
      requestAnimationFrame(() => {
        isDrawing = false;
        if (!isOver) setVersion((old) => old + 1);
      });
    };
    const open = async () => {
      const view = await get<RunViewDocument>(`/runs/${encodeURIComponent(id)}`);
      const journal = new Replay(view.plan);
      for (let next: string | null = "0"; next !== null; ) {
        const page: { items: Recorded[]; next: string | null } = await get(
          `/runs/${view.id}/events?limit=${PAGE}&after=${next}`,
        );
        journal.add(page.items);
        next = page.next;
      }
      if (isOver) return;
      replay.current = journal;
      setState({ view, fault: undefined });
      stop = follow(view.id, journal.lastSeq, (recorded) => {
        // The whole journal is also one of the plan that the run goes by from here on.
        if (recorded.event.type === "runMigrated") return begin();
        journal.add([recorded]);
        draw();
      });
    };
    const begin = () => {
      stop();
      open().catch((error: unknown) => !isOver && setState({ view: undefined, fault: asFault(error) }));
    };
    begin();
    return () => {
      isOver = true;
      stop();
    };
  }, [id]);
  return { ...state, replay: replay.current };
}
