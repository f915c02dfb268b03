import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Drawing } from "./drawing.js";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Camera {
  /** What is drawn: what is seen with a good deal around it, so that not every move draws anew. */
  readonly seen: Rect;
  zoom(by: number): void;
  showAll(): void;
}

const NOTHING: Rect = { x: 0, y: 0, width: 0, height: 0 };
const NEAREST = 2.5;
const FARTHEST = 0.02;

/** Moves by dragging and by the wheel, zooms with Ctrl and the wheel. Moving changes one attribute and draws nothing anew. */
export function useCamera(
  frame: RefObject<HTMLDivElement | null>,
  svg: RefObject<SVGSVGElement | null>,
  drawing: Drawing | undefined,
): Camera {
  const [seen, setSeen] = useState<Rect>(NOTHING);
  const at = useRef({ x: 0, y: 0, scale: 1 });
  const drawn = useRef<Rect>(NOTHING);
  const look = () => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    const { x, y, scale } = at.current;
    const rect = { x, y, width: clientWidth / scale, height: clientHeight / scale };
    svg.current?.setAttribute("viewBox", `${rect.x} ${rect.y} ${rect.width} ${rect.height}`);
    const known = drawn.current;
    const isKnown =
      rect.x >= known.x &&
      rect.y >= known.y &&
      rect.x + rect.width <= known.x + known.width &&
      rect.y + rect.height <= known.y + known.height;
    // Far too much of it is drawn once the view is much nearer.
    if (isKnown && known.width < rect.width * 6) return;
    const margin = { x: rect.width * 0.75, y: rect.height * 0.75 };
    drawn.current = {
      x: rect.x - margin.x,
      y: rect.y - margin.y,
      width: rect.width + 2 * margin.x,
      height: rect.height + 2 * margin.y,
    };
    setSeen(drawn.current);
  };
  const zoom = (by: number, point?: Point) => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    const { x, y, scale } = at.current;
    const next = Math.min(NEAREST, Math.max(FARTHEST, scale * by));
    const { x: px, y: py } = point ?? { x: clientWidth / 2, y: clientHeight / 2 };
    at.current = { x: x + px / scale - px / next, y: y + py / scale - py / next, scale: next };
    look();
  };
  const showAll = (nearest = 1) => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    if (drawing === undefined || clientWidth === 0) return;
    const scale = Math.min(nearest, clientWidth / drawing.width, clientHeight / drawing.height);
    const x = (drawing.width - clientWidth / scale) / 2;
    at.current = { scale, x, y: Math.min(0, (drawing.height - clientHeight / scale) / 2) };
    look();
  };
  useEffect(() => {
    const element = frame.current;
    if (element === null || drawing === undefined) return;
    showAll();
    // A graph too large to be read as a whole begins where it begins.
    if (at.current.scale < 0.6) {
      at.current = { x: drawing.width / 2 - element.clientWidth / 1.4, y: 0, scale: 0.7 };
      look();
    }
    const sizes = new ResizeObserver(() => look());
    sizes.observe(element);
    const move = (to: Point) => {
      at.current = { ...at.current, ...to };
      look();
    };
    const stop = listen(element, () => at.current, move, zoom);
    return () => {
      sizes.disconnect();
      stop();
    };
  }, [drawing]);
  return { seen, zoom, showAll: () => showAll() };
}

type Point = Pick<Rect, "x" | "y">;
type View = Point & { readonly scale: number };

/** Returns how to stop. */
function listen(
  element: HTMLElement,
  view: () => View,
  move: (to: Point) => void,
  zoom: (by: number, point: Point) => void,
): () => void {
  let from: (Point & { readonly view: View }) | undefined;
  const wheel = (event: WheelEvent) => {
    const { left, top } = element.getBoundingClientRect();
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      return zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
    }
    const { x, y, scale } = view();
    move({ x: x + event.deltaX / scale, y: y + event.deltaY / scale });
  };
  const down = (event: PointerEvent) => {
    if (event.button === 0) from = { x: event.clientX, y: event.clientY, view: view() };
  };
  const drag = (event: PointerEvent) => {
    if (from === undefined || event.buttons === 0) return;
    const { x, y, scale } = from.view;
    move({ x: x - (event.clientX - from.x) / scale, y: y - (event.clientY - from.y) / scale });
  };
  const up = () => {
    from = undefined;
  };
  element.addEventListener("wheel", wheel, { passive: false });
  element.addEventListener("pointerdown", down);
  addEventListener("pointermove", drag);
  addEventListener("pointerup", up);
  return () => {
    element.removeEventListener("wheel", wheel);
    element.removeEventListener("pointerdown", down);
    removeEventListener("pointermove", drag);
    removeEventListener("pointerup", up);
  };
}

export function inside(box: Rect, seen: Rect): boolean {
  return (
    box.x + box.width >= seen.x &&
    box.x <= seen.x + seen.width &&
    box.y + box.height >= seen.y &&
    box.y <= seen.y + seen.height
  );
}
