import { effect, signal } from "@preact/signals-core";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApprovalDocument, SessionDocument } from "../schema/documents.js";
import { get, logOut, session } from "./api.js";
import { Approvals } from "./pages/approvals.js";
import { Audit } from "./pages/audit.js";
import { Definitions } from "./pages/definitions.js";
import { LogIn } from "./pages/login.js";
import { Metrics } from "./pages/metrics.js";
import { RunPage } from "./pages/run.js";
import { Runs } from "./pages/runs.js";
import { Schedules } from "./pages/schedules.js";
import { Icon } from "./parts/icon.js";
import { Loading, useLoad } from "./parts/load.js";
import { arrivals, Link, place } from "./router.js";

const theme = signal<string | null>(localStorage.getItem("theme"));

/** The frame around every page; without a session, the question for one. */
export function Shell() {
  const [, setTurn] = useState(0);
  // Everything that pages share is read from here down: a change of it draws the page anew.
  useEffect(
    () =>
      effect(() => {
        void [session.value, theme.value, place.value, arrivals.value];
        setTurn((old) => old + 1);
      }),
    [],
  );
  const who = session.value;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (who === undefined)
      get<SessionDocument>("/session").then(
        (found) => (session.value = found),
        () => (session.value ??= null),
      );
  }, [who]);
  useEffect(() => {
    if (theme.value === null) delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme.value;
  }, [theme.value]);
  useEffect(() => {
    if (arrivals.value > 0) main.current?.focus();
  }, [arrivals.value]);
  if (who === undefined) return <Loading />;
  if (who === null) return <LogIn />;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Top user={who.user} isReadOnly={who.readOnly} />
      <main id="main" ref={main} tabIndex={-1}>
        <Page />
      </main>
    </>
  );
}

function Top({ user, isReadOnly }: { readonly user: string; readonly isReadOnly: boolean }) {
  const { path } = place.value;
  const waiting = useLoad<{ items: ApprovalDocument[] }>("/approvals", 4_000).value?.items.length ?? 0;
  const pages = [
    ["/", "Runs", path === "/" || path.startsWith("/runs")],
    ["/approvals", "Approvals", path.startsWith("/approvals")],
    ["/definitions", "Definitions", path.startsWith("/definitions")],
    ["/schedules", "Schedules", path.startsWith("/schedules")],
    ["/metrics", "Metrics", path.startsWith("/metrics")],
    ["/audit", "Audit", path.startsWith("/audit")],
  ] as const;
  return (
    <header class="top">
      <Link to="/" class="brand">
        <img src="/assets/icon.svg" alt="" width="20" height="20" /> Stagecraft
      </Link>
      <nav aria-label="Pages">
        {pages.map(([to, name, isCurrent]) => (
          <Link key={to} to={to} current={isCurrent}>
            {name}
            {to === "/approvals" && waiting > 0 && (
              <span class="badge">
                {waiting}
                <span class="hidden"> waiting</span>
              </span>
            )}
          </Link>
        ))}
      </nav>
      <div class="who">
        {isReadOnly && <span class="tag">read-only</span>}
        <span class="user">{user}</span>
        <button type="button" class="quiet" onClick={toggleTheme} aria-label="Switch between light and dark">
          <Icon name="theme" />
        </button>
        <button type="button" class="quiet" onClick={() => void logOut()}>
          Log out
        </button>
      </div>
    </header>
  );
}

function Page() {
  const { path } = place.value;
  const [, room, name] = path.split("/");
  const id = name === undefined || name === "" ? undefined : decodeURIComponent(name);
  if (room === "" || room === undefined || (room === "runs" && id === undefined)) return <Runs />;
  if (room === "runs") return <RunPage key={id} id={id as string} />;
  if (room === "approvals") return <Approvals chosen={id} />;
  if (room === "definitions") return <Definitions chosen={id} />;
  if (room === "schedules") return <Schedules />;
  if (room === "metrics") return <Metrics />;
  if (room === "audit") return <Audit />;
  return (
    <div class="empty">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">To the runs</Link>
      </p>
    </div>
  );
}

function toggleTheme(): void {
  const isDark = theme.value === null ? matchMedia("(prefers-color-scheme: dark)").matches : theme.value === "dark";
  theme.value = isDark ? "light" : "dark";
  localStorage.setItem("theme", theme.value);
}
