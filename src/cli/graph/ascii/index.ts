import type { GraphModel } from "../../../observe/graph/model.js";
import type { Paint } from "../../render/style.js";
import { layered } from "../layers.js";
import { listOf } from "../list.js";
import { type Canvas, createCanvas, DOWN, LEFT, RIGHT, UP } from "./canvas.js";
import { type Box, place } from "./place.js";
import { type Channel, type Net, route } from "./route.js";

export interface AsciiOptions {
  /** Columns to draw in; a wider graph becomes a list. */
  readonly columns: number;
  readonly paint: Paint;
}

/** More stages than this are read better as a list. */
const MOST_BOXES = 60;

/** Boxes and lines from top to bottom, groups below the graph they are part of. */
export function asciiOf(model: GraphModel, options: AsciiOptions): string {
  const parts = [draw(model, options)];
  for (const { inside } of model.nodes) {
    if (inside) parts.push(`${options.paint("bold", inside.title)}\n${asciiOf(inside, options)}`);
  }
  return parts.join("\n\n");
}

function draw(model: GraphModel, { columns, paint }: AsciiOptions): string {
  if (model.nodes.length > MOST_BOXES) return listOf(model, paint);
  const layout = layered(model);
  const boxes = place(model, layout);
  if (Math.max(...boxes.flat().map(({ x, width }) => x + width)) > columns) return listOf(model, paint);
  const channels = route(model, layout, boxes);
  const canvas = createCanvas();
  let y = 0;
  boxes.forEach((layer, at) => {
    const height = Math.max(...layer.map(({ lines }) => lines.length)) + 2;
    const channel = channels[at];
    for (const box of layer) drawBox(canvas, box, y, height);
    y += height;
    if (!channel) return;
    const rows = rowsOf(channel);
    if (rows.labels > 0) {
      for (const { x, text, isDead } of channel.outLabels) canvas.text(x + 1, y, text, isDead ? "dim" : "cyan");
    }
    for (const net of channel.nets) drawNet(canvas, net, y, rows);
    for (const { x, text } of channel.arrows) canvas.text(x, y + rows.height - 1, text, "dim");
    y += rows.height;
  });
  return canvas.toString(paint);
}

interface Rows {
  readonly labels: number;
  readonly height: number;
}

function rowsOf(channel: Channel): Rows {
  const labels = channel.outLabels.length > 0 ? 1 : 0;
  return { labels, height: labels + channel.tracks + 1 };
}

function drawBox(canvas: Canvas, box: Box, y: number, height: number): void {
  const { x, width, lines } = box;
  if (lines.length === 0) {
    for (let row = 0; row < height; row++) canvas.line(x, y + row, UP | DOWN);
    return;
  }
  const bar = "─".repeat(width - 2);
  canvas.text(x, y, `╭${bar}╮`, "dim");
  for (let row = 1; row < height - 1; row++) {
    canvas.text(x, y + row, "│", "dim");
    canvas.text(x + width - 1, y + row, "│", "dim");
    const line = lines[row - 1];
    if (line) canvas.text(x + 2, y + row, line.text, line.format);
  }
  canvas.text(x, y + height - 1, `╰${bar}╯`, "dim");
}

function drawNet(canvas: Canvas, net: Net, y: number, rows: Rows): void {
  const vertical = (x: number, from: number, to: number): void => {
    for (let row = from; row < to; row++) canvas.line(x, y + row, UP | DOWN);
  };
  const [first] = net.sources;
  if (net.track === undefined) {
    if (first !== undefined) vertical(first, 0, rows.height);
    return;
  }
  const row = rows.labels + net.track;
  const columns = [...net.sources, ...net.targets];
  const [left, right] = [Math.min(...columns), Math.max(...columns)];
  for (let x = left; x <= right; x++) {
    const sides =
      (x > left ? LEFT : 0) |
      (x < right ? RIGHT : 0) |
      (net.sources.includes(x) ? UP : 0) |
      (net.targets.includes(x) ? DOWN : 0);
    canvas.line(x, y + row, sides);
  }
  for (const x of net.sources) vertical(x, 0, row);
  for (const x of net.targets) vertical(x, row + 1, rows.height);
}
