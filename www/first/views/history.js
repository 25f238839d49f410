// What became of a record, version by version, in sentences, with the way back to each.

import { h } from "../html.js";
import { capital, formatInstant, formatValue } from "../format.js";
import { fieldOf } from "../forms.js";
import { titleOf } from "../rows.js";
import { paneHead } from "./form.js";

const VERBS = {
	created: "added it", updated: "changed it", deleted: "deleted it", revived: "brought it back", restored: "restored an earlier version",
	reset: "reset it", imported: "imported it", erased: "erased it",
};

function change(app, name, [before, after]) {
	const field = fieldOf(app.collection, name) ?? { name, label: name, type: "text" };
	const show = (value) => formatValue(field, value, app.showing) || "empty";
	return h("li", { key: name }, h("span", { class: "what" }, field.label), " ", before === null || before === undefined ? show(after) : `${show(before)} → ${show(after)}`);
}

function entry(app, row, isCurrent) {
	const changes = row.action === "deleted" ? [] : Object.entries(row.changes ?? {});
	const where = row.device && row.device === app.device ? "this device" : null;
	return h("li", { class: "event", key: row.version },
		h("p", null, h("strong", null, capital(app.personOf(row.by))), " ", VERBS[row.action] ?? row.action, h("span", { class: "when" }, [formatInstant(row.at, app.ui.now), where].filter(Boolean).join(" · "))),
		changes.length > 0 && h("ul", { class: "changes" }, changes.map(([name, pair]) => change(app, name, pair))),
		!isCurrent && row.action !== "deleted" && app.may("update", app.collection)
			&& h("button", { class: "button small", type: "button", onclick: () => app.restoreVersion(row.version) }, "Restore this version"));
}

function body(app) {
	const { past } = app;
	if (past?.problem)
		return h("div", { class: "hint" }, h("p", null, `The history could not be read: ${past.problem}`), h("button", { class: "button", type: "button", onclick: () => app.readPast() }, "Try again"));
	if (!past?.rows)
		return h("div", { class: "hint" }, h("p", { class: "late" }, "Loading…"));
	return [
		h("ol", { class: "events" }, past.rows.map((row, i) => entry(app, row, i === 0))),
		past.next && h("button", { class: "button wide", type: "button", onclick: () => app.readPast(past.next) }, "Earlier"),
	];
}

export function historyView(app) {
	const { form } = app;
	const title = form?.record ? titleOf(app.plan(app.collection.name), form.record, app.showing) : app.collection.label;
	return h("div", { class: "pane-body", key: "history" }, paneHead(app, title), h("div", { class: "fields" }, body(app)));
}
