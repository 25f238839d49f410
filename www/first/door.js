// The state of the sign-in page.  No document.

import { NEEDED } from "./forms.js";

export function createDoor({ session, changed }) {
	const door = { mode: "in", form: { name: "", email: "", password: "" }, errors: {}, problem: null, notice: null, busy: false, shown: false };

	function missing() {
		const errors = {};
		if (door.mode === "up" && door.form.name.trim() === "")
			errors.name = NEEDED;
		if (!/^[^\s@]+@[^\s@]+$/.test(door.form.email.trim()))
			errors.email = "An e-mail address, please.";
		if (door.form.password === "")
			errors.password = NEEDED;
		else if (door.mode === "up" && [...door.form.password].length < 8)
			errors.password = "At least 8 characters, please.";
		return errors;
	}

	function fail(error) {
		const wait = error.retryAfter > 0 ? ` Try again in ${error.retryAfter < 90 ? `${error.retryAfter} seconds` : `${Math.ceil(error.retryAfter / 60)} minutes`}.` : "";
		if (error.field && error.field in door.form)
			door.errors[error.field] = error.message;
		else
			door.problem = error.message + wait;
	}

	async function enter() {
		const { name, email, password } = door.form;
		door.errors = missing();
		door.problem = null;
		if (door.busy || Object.keys(door.errors).length > 0)
			return changed();
		door.busy = true;
		changed();
		try {
			await (door.mode === "up" ? session.signUp({ name: name.trim(), email: email.trim(), password }) : session.signIn({ email: email.trim(), password }));
			Object.assign(door, { form: { name: "", email: "", password: "" }, notice: null, mode: "in", shown: false });
		} catch (error) {
			fail(error);
		} finally {
			door.busy = false;
			changed();
		}
	}

	function type(name, text) {
		door.form[name] = text;
		delete door.errors[name];
		door.problem = null;
		changed();
	}

	return {
		door,
		enter,
		doorType: type,
		doorShow() { door.shown = !door.shown; changed(); },
		doorSwitch() { Object.assign(door, { mode: door.mode === "up" ? "in" : "up", errors: {}, problem: null }); changed(); },
	};
}
