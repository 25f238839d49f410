// Starts the app: opens what this device knows, then draws.

import { render } from "preact";
import { setClock, setLocale } from "../ui/index.js";
import "./errors.js";
import "./install.js";
import "./theme.js";
import { readLocale } from "./preferences.js";
import { engine, start } from "./state.js";
import { startWorker } from "./worker.js";
import { Shell } from "./shell.jsx";

setLocale(readLocale() ?? undefined);
setClock(engine.now);
render(<Shell />, document.getElementById("app"));
start();
startWorker();
