// The forms that a person has begun to fill in and not saved on this device: the notes of the engine except settings.

import { engine } from "./state.js";

const SETTING = /^(?:space$|visits$|mended$|seen:|view:|columns:|job:|time\/started\/)/;

/** How many forms are half typed. */
export function unfinished() {
	return engine.notes.keys("").filter((key) => !SETTING.test(key)).length;
}
