// Starts the app: opens what this device knows, then draws.

import { render } from "preact";
import { setClock, setLocale } from "../ui/index.js";
import "../base/errors.js";
import "./install.js";
import "./theme.js";
import { readLocale } from "../base/preferences.js";
import { engine, start } from "../base/state.js";
import { startWorker } from "./worker.js";
import { Shell } from "./shell.jsx";

setLocale(readLocale() ?? undefined);
setClock(engine.now);
render(<Shell />, document.getElementById("app"));
start();
startWorker();
