// The template brings its own test: it runs here as it will run where it is copied to.
import "../../plugins/_template/index.test.js";
import template from "../../plugins/_template/index.js";
import { pluginContract } from "../contracts/plugin.contract.js";

pluginContract(template, {
  "my/wordCount": { runs: [{ input: { text: "the quick brown fox", atLeast: 2 } }, { input: { text: "" } }] },
});
