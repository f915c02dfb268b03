import { render } from "preact";

render(<p>Stagecraft</p>, document.body);
