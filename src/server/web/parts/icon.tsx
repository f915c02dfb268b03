/** Drawn, not written: not every machine has a font with such signs. 16 by 16. */
const PATHS = {
  done: "M3.5 8.5l3 3 6-7",
  bad: "M4.5 4.5l7 7m0-7l-7 7",
  live: "M8 5v6M5 8h6",
  wait: "M8 4.5V8l2.5 2M8 2a6 6 0 1 0 .01 0z",
  held: "M6 4v8m4-8v8",
  off: "M5 8h6",
  close: "M4 4l8 8m0-8l-8 8",
  play: "M5 3.5v9l7-4.5z",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  whole: "M3 6V3h3m4 0h3v3m0 4v3h-3m-4 0H3v-3",
  theme: "M8 2.5a5.5 5.5 0 1 0 .01 0zM8 2.5v11a5.5 5.5 0 0 0 0-11z",
} as const;

export type IconName = keyof typeof PATHS;

/** What it means is said beside it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
