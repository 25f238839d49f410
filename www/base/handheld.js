// A handheld that several people share: one person locks it, and the next signs in by name and PIN.  What the first
// person has not sent, or only half typed, stays on the device in their own database.

import { show } from "./layer.js";
import { keepTouch, readTouch } from "./preferences.js";
import { engine, session } from "./state.js";
import { unfinished } from "./unfinished.js";

const IDLE = 5 * 60_000; // milliseconds without a touch after which it locks
const OFTEN = 5_000; // milliseconds between two touches that are stored for the other tabs and a reload

let last = 0; // when somebody touched this tab

/** Signs the person out; the handheld shows its names again. */
export function switchPerson() {
	return engine.signOut({ keep: unfinished() > 0 });
}

/** Lets the person sign in after their sign-in has ended: by PIN at the door, by password in a sheet. */
export function signInAgain() {
	if (session.value.kind === "pin")
		switchPerson();
	else
		show("signin");
}

/** Notes that the person who is signed in uses the device. */
export function touched() {
	const now = Date.now();
	if (Math.abs(now - last) > OFTEN)
		keepTouch(now);
	last = now;
}

// Whether nobody has touched the device for long.  A clock that was set back counts as idle time, too.
function isLeft() {
	const away = Math.min(...[last, readTouch()].map((at) => Math.abs(Date.now() - at)));
	return session.value.kind === "pin" && away > IDLE;
}

/** Locks the handheld when nobody has touched it for long, even if it slept or was closed.  Returns how to stop. */
export function watchIdle() {
	let locks = false;
	const look = () => {
		if (!locks && isLeft()) {
			locks = true;
			switchPerson().catch(() => { locks = false; });
		}
		return locks;
	};
	// The touch that wakes the device may be another person's: it locks the device and does nothing else.
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
