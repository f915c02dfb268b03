import { render } from "preact";
import { Shell } from "./shell.js";

render(<Shell />, document.getElementById("app") as HTMLElement);
