import type { Plan } from "../../../core/plan.js";
import { layoutOf } from "../../../observe/graph/layout.js";
import { finallyOf, modelOf, type Statuses } from "../../../observe/graph/model.js";
import { drawingOf } from "./drawing.js";

/** Every stage will have a status to show: the boxes are made large enough for one. */
class Always extends Map<string, string> {
  override get(): string {
    return "succeeded 100/100";
  }
}

/** Beside the page's own thread: laying out a thousand stages takes a while, and the page goes on meanwhile. */
self.onmessage = ({ data }: MessageEvent<{ readonly plan: Plan }>) => {
  const statuses: Statuses = new Always();
  const models = [modelOf(data.plan, statuses), finallyOf(data.plan, statuses)].filter((model) => model !== undefined);
  self.postMessage(drawingOf(models.map(layoutOf)));
};
