// Starts the app: opens what this device knows, then draws.

import { render } from "preact";
import "./errors.js";
import "./install.js";
import "./theme.js";
import { start } from "./state.js";
import { startWorker } from "./worker.js";
import { Shell } from "./shell.jsx";

render(<Shell />, document.getElementById("app"));
start();
startWorker();
