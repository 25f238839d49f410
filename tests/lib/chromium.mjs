// Which Chromium the tests drive: the one that CHROMIUM names, else Debian's headless shell, which needs two thirds of
// the time that the whole browser takes, else that.
import { existsSync } from "node:fs";

const SHELL = "/usr/bin/chromium-headless-shell", WHOLE = "/usr/bin/chromium";

export const CHROMIUM = process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : WHOLE);
