// Signing in and up.

import { h } from "../html.js";
import { icon } from "../icons.js";

function field(app, { name, label, type = "text", autocomplete, help = null, first = false }) {
	const { form } = app.door;
	const problem = app.door.errors[name];
	const id = "door-" + name;
	return h("div", { class: "field", key: name },
		h("div", { class: "label" }, h("label", { for: id }, label)),
		h("input", {
			id, name, type, autocomplete, required: false, autocapitalize: "none", spellcheck: "false", value: form[name],
			"aria-invalid": problem ? "true" : null, "aria-describedby": problem ? id + "-problem" : help ? id + "-help" : null,
			oninput: (event) => app.doorType(name, event.target.value),
			mounted: first ? (input) => input.focus() : null,
		}),
		problem ? h("p", { class: "error", id: id + "-problem" }, problem) : help && h("p", { class: "help", id: id + "-help" }, help));
}

export function doorView(app) {
	const { door } = app;
	const isUp = door.mode === "up";
	return h("main", { class: "door", key: "door" },
		h("div", { class: "brand large" }, icon("book", 28), "Daybook"),
		h("h1", { key: door.mode }, isUp ? "Create an account" : "Sign in"),
		door.notice && h("p", { class: "notice", role: "status" }, door.notice),
		h("form", {
			key: "form-" + door.mode, novalidate: true,
			onsubmit: (event) => {
				event.preventDefault();
				app.enter();
			},
		},
		isUp && field(app, { name: "name", label: "Your name", autocomplete: "name", first: true }),
		field(app, { name: "email", label: "E-mail", type: "email", autocomplete: "username", first: !isUp }),
		field(app, {
			name: "password", label: "Password", type: door.shown ? "text" : "password",
			autocomplete: isUp ? "new-password" : "current-password", help: isUp ? "At least 8 characters." : null,
		}),
		h("label", { class: "check", key: "shown" },
			h("input", { type: "checkbox", checked: door.shown, onchange: () => app.doorShow() }), "Show password"),
		door.problem && h("p", { class: "error standing", role: "alert", key: "problem" }, icon("warn"), door.problem),
		h("button", { class: "button primary wide", type: "submit", disabled: door.busy, key: "submit" },
			door.busy ? "One moment…" : isUp ? "Create account" : "Sign in")),
		h("p", { class: "aside" }, isUp ? "You have an account?" : "New here?", " ",
			h("button", { class: "link", type: "button", onclick: () => app.doorSwitch() }, isUp ? "Sign in" : "Create an account")));
}

// Nobody could be asked who is signed in.
export function awayView(app) {
	return h("main", { class: "door", key: "away" },
		h("div", { class: "brand large" }, icon("book", 28), "Daybook"),
		h("h1", null, "The server cannot be reached"),
		h("p", null, app.session.state.problem ?? app.trouble ?? "There was no answer.", " Daybook asks again every few seconds by itself. What you typed before is kept in this browser."),
		h("button", { class: "button primary", type: "button", onclick: () => app.retryStart() }, "Try now"));
}

// Shown only when starting takes longer than a glance.
export function startingView() {
	return h("main", { class: "door starting", key: "starting", "aria-busy": "true" },
		h("div", { class: "brand large" }, icon("book", 28), "Daybook"),
		h("p", { class: "late" }, "One moment…"));
}
