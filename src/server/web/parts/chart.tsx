import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";

const DAY_MS = 24 * 60 * 60 * 1_000;

interface ChartProps {
  readonly title: string;
  readonly days: readonly string[];
  readonly lines: readonly {
    readonly name: string;
    readonly tone: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** Lines by day, drawn on a canvas: what they show must also be said in words. */
export function Chart({ title, days, lines }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const text = JSON.stringify([days, lines]);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let stop: () => void = () => {};
    let isOver = false;
    // Only this page draws charts: the others do not wait for what draws them.
    void import("uplot").then(({ default: Plot }) => {
      if (!isOver) stop = draw(Plot, element, days, lines);
    });
    return () => {
      isOver = true;
      stop();
    };
  }, [text]);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={frame} role="img" aria-label={`${title}: ${lines.map(({ name }) => name).join(" and ")} by day`} />
    </figure>
  );
}

/** Returns how to take it away. */
function draw(
  Plot: typeof uPlot,
  element: HTMLElement,
  days: ChartProps["days"],
  lines: ChartProps["lines"],
): () => void {
  const colour = (name: string) => {
    element.style.color = `var(--${name})`;
    return getComputedStyle(element).color;
  };
  const [muted, line] = [colour("muted"), colour("line")];
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
  const series = lines.map(({ name, tone }) => {
    const stroke = colour(tone);
    return { label: name, stroke, width: 2, points: { show: true, size: 7, fill: stroke } };
  });
  const size = () => ({ width: Math.max(200, element.clientWidth), height: 180 });
  const scales: uPlot.Scales = {
    // A day is a place of its own, also where it is the only one.
    x: { range: (_, least, most) => [least - DAY_MS / 1_000, most + DAY_MS / 1_000] },
    y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
  };
  const axes = [{ ...axis, incrs: [1, 2, 7, 14, 30].map((count) => (count * DAY_MS) / 1_000) }, axis];
  const data: uPlot.AlignedData = [
    days.map((day) => Date.parse(day) / 1_000),
    ...lines.map(({ values }) => [...values]),
  ];
  const plot = new Plot({ ...size(), series: [{}, ...series], axes, scales, legend: { live: false } }, data, element);
  const sizes = new ResizeObserver(() => plot.setSize(size()));
  sizes.observe(element);
  return () => {
    sizes.disconnect();
    plot.destroy();
  };
}
