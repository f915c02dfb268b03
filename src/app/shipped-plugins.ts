import agent from "../../plugins/agent/index.js";
import approval from "../../plugins/approval/index.js";
import data from "../../plugins/data/index.js";
import embedded from "../../plugins/embedded/index.js";
import emit from "../../plugins/emit/index.js";
import evaluate from "../../plugins/evaluate/index.js";
import flow from "../../plugins/flow/index.js";
import http from "../../plugins/http/index.js";
import notify from "../../plugins/notify/index.js";
import openai from "../../plugins/openai/index.js";
import rules from "../../plugins/rules/index.js";
import shell from "../../plugins/shell/index.js";
import switchStage from "../../plugins/switch/index.js";
import transform from "../../plugins/transform/index.js";
import validate from "../../plugins/validate/index.js";
import wait from "../../plugins/wait/index.js";
import type { Plugin } from "../plugin/api.js";

/** In one module, so that the build makes one file of them: a start reads all or none. */
export const SHIPPED: readonly Plugin[] = [
  agent,
  approval,
  data,
  embedded,
  emit,
  evaluate,
  flow,
  http,
  notify,
  openai,
  rules,
  shell,
  switchStage,
  transform,
  validate,
  wait,
];
