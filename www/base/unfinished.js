// What a person has begun to type and not saved, on this device: all notes of the engine that are no settings.

import { engine } from "./state.js";

const SETTING = /^(?:space$|visits$|seen:|view:|columns:|time\/started\/)/;

/** How many forms are half typed. */
export function unfinished() {
	return engine.notes.keys("").filter((key) => !SETTING.test(key)).length;
}
