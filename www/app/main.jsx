// Starts the app: opens what this device knows, then draws.

import { render } from "preact";
import { start } from "./state.js";
import { Shell } from "./shell.jsx";

render(<Shell />, document.getElementById("app"));
start();
