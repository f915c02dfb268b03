import { useEffect, useRef, useState } from "preact/hooks";
import { ApiFault, get } from "../api.js";

export interface Loaded<T> {
  /** Undefined: nothing came yet. What is there stays while it is asked for again. */
  readonly value: T | undefined;
  readonly fault: ApiFault | undefined;
  again(): void;
}

/** Asks the API for `path`, again every `every` milliseconds while the page is seen, and whenever the path changes. */
export function useLoad<T>(path: string | null, every?: number): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; value?: T; fault?: ApiFault }>({ path });
  const [turn, setTurn] = useState(0);
  const current = useRef(path);
  current.current = path;
  useEffect(() => {
    if (path === null) return;
    const ask = () => {
      if (document.hidden) return;
      get<T>(path).then(
        (value) => current.current === path && setState({ path, value }),
        (error: unknown) => current.current === path && setState((old) => ({ ...old, path, fault: asFault(error) })),
      );
    };
    ask();
    if (every === undefined) return;
    const timer = setInterval(ask, every);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [path, every, turn]);
  const isCurrent = state.path === path;
  return {
    value: isCurrent ? state.value : undefined,
    fault: isCurrent ? state.fault : undefined,
    again: () => setTurn((old) => old + 1),
  };
}

export function asFault(error: unknown): ApiFault {
  return error instanceof ApiFault ? error : new ApiFault(0, "internal", String(error));
}

export function Fault({ fault }: { readonly fault: ApiFault | undefined }) {
  if (fault === undefined) return null;
  return (
    <div class="fault" role="alert">
      <strong>{fault.message}</strong> <code>{fault.code}</code>
      {fault.help !== undefined && <p>{fault.help}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <p class="muted pad" role="status">
      Loading…
    </p>
  );
}
