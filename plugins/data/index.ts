import { definePlugin } from "stagecraft/plugin";
import { readStage } from "./read-stage.js";
import { writeStage } from "./write-stage.js";

export default definePlugin({
  name: "data",
  version: "1.0.0",
  apiVersion: 1,
  stages: [readStage, writeStage],
});
