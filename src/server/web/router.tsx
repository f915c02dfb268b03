import { signal } from "@preact/signals-core";
import type { ComponentChildren } from "preact";

/** Where we are: the path and the query of the address. */
export const place = signal(here());

/** Moves focus to the page that is shown next, for who cannot see that it changed. */
export const arrivals = signal(0);

function here(): { readonly path: string; readonly query: URLSearchParams } {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

addEventListener("popstate", () => {
  place.value = here();
});

export function go(to: string): void {
  history.pushState(null, "", to);
  place.value = here();
  arrivals.value += 1;
}

/** Changes the query in place: a filter is part of the address, but not a step of its own. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text === "" ? "" : `?${text}`));
  place.value = here();
}

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

export function Link({ to, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} aria-current={current ? "page" : undefined} {...rest}>
      {children}
    </a>
  );
}
