// The sync chip: quiet when all is well, plain when it is not.  It opens a sheet that says what waits, in words.

import { h } from "../html.js";
import { icon } from "../icons.js";
import { formatClock, formatInstant, formatSince } from "../format.js";
import { hrefOf } from "../routes.js";

export function chipView(app) {
	const { tone, text, more } = app.chip();
	return h("button", { class: `chip ${tone}`, type: "button", "aria-haspopup": "dialog", "aria-label": `Sync: ${[text, more].filter(Boolean).join(", ")}`, onclick: () => app.openSheet("chip") },
		tone === "bad" || tone === "warn" ? icon("warn", 16) : h("span", { class: "dot" }),
		h("span", { class: "word" }, text, more && h("small", null, more)));
}

const STATES = {
	typing: "being typed",
	saving: "on its way",
	waiting: "waits for the server",
	refused: "not accepted",
	clashing: "changed elsewhere too",
};

function waiting(app, edit) {
	const state = app.edits.clashes(edit).length > 0 ? "clashing" : edit.state;
	const clock = formatClock(edit.startedAt);
	return h("li", { class: "queued", key: edit.key },
		h("div", { class: "queued-words" },
			h("strong", null, app.titleOfEdit(edit)),
			h("span", null, `${edit.removing ? "Delete" : edit.isNew ? "New" : "Change"} · ${STATES[state]} · ${clock}`),
			edit.problem && h("span", { class: "error" }, edit.problem)),
		h("div", { class: "queued-acts" },
			state === "waiting" && h("button", { class: "button small", type: "button", onclick: () => app.edits.save(edit) }, "Try now"),
			h("a", { class: "button small", href: hrefOf(edit.collection, app.routeIdOf(edit)), onclick: () => app.closeSheet() }, "Open"),
			!edit.removing && state !== "saving" && h("button", { class: "button small quiet", type: "button", onclick: () => app.discard(edit) }, "Discard"),
			edit.removing && state !== "saving" && h("button", { class: "button small quiet", type: "button", onclick: () => app.edits.keepRecord(edit) }, "Keep it")));
}

function truth(app) {
	const { state } = app.sync;
	if (state.failedAt !== null)
		return [
			h("p", null, h("strong", null, state.offline ? "This device is offline." : "There is no answer."), ` ${state.problem} Since ${formatClock(state.failedAt)}; Daybook keeps asking by itself.`),
			state.lastAt && h("p", { class: "help" }, `What you see is from ${formatInstant(state.lastAt)}.`),
		];
	if (!state.loaded)
		return h("p", null, "Loading your records.");
	return h("p", null, "Everything from other devices is here. Last asked ", formatSince(state.lastAt, app.ui.now), ".");
}

export function chipSheet(app) {
	const edits = app.edits.all();
	return [
		h("div", { class: "truth", key: "truth" }, truth(app)),
		edits.length > 0 && h("h3", { key: "title" }, edits.length === 1 ? "1 change is not saved yet" : `${edits.length} changes are not saved yet`),
		edits.length > 0 && h("ul", { class: "queue", key: "queue" }, edits.map((edit) => waiting(app, edit))),
		edits.length > 0 && h("p", { class: "help", key: "kept" }, app.drafts.kept() ? "They are kept in this browser." : "This browser has no room to keep them: do not close this page."),
		edits.length === 0 && h("p", { class: "help", key: "none" }, "Nothing of yours waits to be saved."),
		h("button", { class: "button wide", type: "button", key: "now", onclick: () => app.syncNow() }, "Ask now"),
	];
}
