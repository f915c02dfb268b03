import { definePlugin } from "stagecraft/plugin";
import { httpStage } from "./stage.js";
import { httpGet } from "./tool.js";

export default definePlugin({
  name: "http",
  version: "1.0.0",
  apiVersion: 1,
  codes: [
    {
      code: "http-body",
      means: "A request has two bodies, or a method that carries none has one.",
      mend: "Keep one of `json` and `body`, and set a method such as POST.",
    },
  ],
  stages: [httpStage],
  tools: [httpGet],
});
