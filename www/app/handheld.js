// A handheld that several people share: one locks it and the next one signs in by name and PIN.  What the one before has not sent
// stays on the device under that person's name.

import { engine, session } from "./state.js";

const IDLE = 5 * 60_000; // milliseconds without a touch after which it locks

/** Back to the names. */
export function switchPerson() {
	return engine.signOut();
}

/** Locks the handheld when nobody touched it for long.  Answers how to stop. */
export function watchIdle() {
	let last = Date.now();
	const touch = () => {
		last = Date.now();
		engine.used();
	};
	const look = setInterval(() => {
		if (session.value.kind === "pin" && Date.now() - last > IDLE)
			switchPerson();
	}, 10_000);
	addEventListener("pointerdown", touch, true);
	addEventListener("keydown", touch, true);
	return () => {
		clearInterval(look);
		removeEventListener("pointerdown", touch, true);
		removeEventListener("keydown", touch, true);
	};
}
