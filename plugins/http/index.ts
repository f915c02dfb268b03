import { definePlugin } from "stagecraft/plugin";
import { httpStage } from "./stage.js";
import { httpGet } from "./tool.js";

export default definePlugin({
  name: "http",
  version: "1.0.0",
  apiVersion: 1,
  stages: [httpStage],
  tools: [httpGet],
});
