// A handheld that several people share: one locks it and the next one signs in by name and PIN.  What the one before has not sent, or
// only half typed, stays on the device under that person's name.

import { show } from "./layer.js";
import { keepTouch, readTouch } from "./preferences.js";
import { engine, session } from "./state.js";
import { unfinished } from "./unfinished.js";

const IDLE = 5 * 60_000; // milliseconds without a touch after which it locks
const OFTEN = 5_000; // milliseconds between two touches that are told to the other tabs and to a reload

let last = 0; // when somebody touched this tab

/** Back to the names. */
export function switchPerson() {
	return engine.signOut({ keep: unfinished() > 0 });
}

/** After a sign-in has ended: by PIN at the door, by password over the screen. */
export function signInAgain() {
	if (session.value.kind === "pin")
		switchPerson();
	else
		show("signin");
}

/** Somebody is here, and is the one who is signed in. */
export function touched() {
	const now = Date.now();
	if (Math.abs(now - last) > OFTEN)
		keepTouch(now);
	last = now;
}

// A clock that was set says as little about who holds the device as one that went on.
function isLeft() {
	const away = Math.min(...[last, readTouch()].map((at) => Math.abs(Date.now() - at)));
	return session.value.kind === "pin" && away > IDLE;
}

/** Locks the handheld when nobody touched it for long, also while it slept or was closed.  Answers how to stop. */
export function watchIdle() {
	let locks = false;
	const look = () => {
		if (!locks && isLeft()) {
			locks = true;
			switchPerson().catch(() => { locks = false; });
		}
		return locks;
	};
	// The touch that wakes a device may be another person's: it locks, and does nothing else.
	const touch = (event) => {
		if (look()) {
			event.preventDefault();
			event.stopImmediatePropagation();
		} else if (event.type !== "click") {
			touched();
			engine.used();
		}
	};
	const often = setInterval(look, 10_000);
	look();
	document.addEventListener("visibilitychange", look);
	for (const type of ["pointerdown", "keydown", "click"])
		addEventListener(type, touch, true);
	return () => {
		clearInterval(often);
		document.removeEventListener("visibilitychange", look);
		for (const type of ["pointerdown", "keydown", "click"])
			removeEventListener(type, touch, true);
	};
}
