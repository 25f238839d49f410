// The form of one record, made from the definition: labels above, help under, what is wrong in words beside the field.

import { h } from "../html.js";
import { icon } from "../icons.js";
import { formatSince, formatValue } from "../format.js";
import { ID_FIELD, canBeEmpty, choiceLabel, fieldOf, hasOwnId, isReadOnly, isShown, readField, titleOfNew, widgetOf } from "../forms.js";
import { hrefOf } from "../routes.js";
import { isPair, titleOf } from "../rows.js";

function idOf(field) {
	return "field-" + field.name;
}

function describedBy(field, problem) {
	if (problem)
		return idOf(field) + "-problem";
	return field.help ? idOf(field) + "-help" : null;
}

// What every control has in common.
function common(app, field) {
	const { edit } = app.form;
	const problem = edit.errors[field.name];
	return {
		id: idOf(field), name: field.name, "aria-invalid": problem ? "true" : null, "aria-describedby": describedBy(field, problem),
		"aria-required": field.required ? "true" : null, autocomplete: "off",
	};
}

function typed(app, field) {
	return (event) => app.type(field, event.target.value);
}

function textBox(app, field, text, { type = "text", ...more } = {}) {
	return h("input", { ...common(app, field), type, value: text, oninput: typed(app, field), ...more });
}

const WIDGETS = {
	text: (app, field, text) => textBox(app, field, text, { autocapitalize: "sentences", dir: "auto" }),
	lines: (app, field, text) => h("textarea", { ...common(app, field), rows: 3, dir: "auto", value: text, oninput: typed(app, field) }),
	number: (app, field, text) => h("div", { class: field.unit ? "with-unit" : "bare" },
		textBox(app, field, text, { inputmode: widgetOf(field).inputmode, class: "figure" }),
		field.unit && h("span", { class: "unit", "aria-hidden": "true" }, field.unit)),
	date: (app, field, text) => textBox(app, field, text, { type: "date" }),
	time: (app, field, text) => textBox(app, field, text, { type: "time", step: /:\d\d:\d\d$/.test(text) ? 1 : null }),
	instant: (app, field, text) => h("div", { class: "with-button" },
		textBox(app, field, text, { type: "datetime-local", step: text.length > 16 ? 1 : null }),
		h("button", { class: "button", type: "button", "aria-label": `${field.label}: now`, onclick: () => app.typeNow(field) }, "Now")),
	list: (app, field, text) => (text.includes("\n")
		? h("textarea", { ...common(app, field), rows: 3, value: text, oninput: typed(app, field) })
		: textBox(app, field, text, { placeholder: "One, two, three", autocapitalize: "none" })),
	place: (app, field, text) => h("div", { class: "with-button" },
		textBox(app, field, text, { placeholder: "52.52001, 13.40495", autocapitalize: "none" }),
		app.canLocate && h("button", { class: "button", type: "button", onclick: () => app.locate(field) }, icon("pin"), "Here")),
	toggle: (app, field, on) => h("input", {
		...common(app, field), type: "checkbox", role: "switch", class: "switch", checked: on === true,
		onchange: (event) => app.type(field, event.target.checked),
	}),
	choice: (app, field, text) => h("select", { ...common(app, field), value: text, onchange: typed(app, field) },
		(canBeEmpty(field) || text === "") && h("option", { value: "", key: "none" }, "None"),
		field.choices.map((choice) => h("option", { value: choice, key: choice }, choiceLabel(choice)))),
	segments: (app, field, text) => h("div", { class: "segments", role: "radiogroup", "aria-labelledby": idOf(field) + "-label", "aria-describedby": describedBy(field, app.form.edit.errors[field.name]) },
		[...(canBeEmpty(field) ? [""] : []), ...field.choices].map((choice) => h("label", { class: "segment", key: choice },
			h("input", { type: "radio", name: field.name, value: choice, checked: text === choice, onchange: () => app.type(field, choice) }),
			h("span", null, choice === "" ? "None" : choiceLabel(choice))))),
	ref: (app, field, text) => {
		const choices = app.refChoices(field.ref);
		const isKnown = text === "" || choices.some(({ id }) => id === text);
		return h("select", { ...common(app, field), value: text, onchange: typed(app, field) },
			h("option", { value: "", key: "none" }, choices.length === 0 ? "None there yet" : field.required ? "Choose…" : "None"),
			!isKnown && h("option", { value: text, key: text }, text),
			choices.map(({ id, title }) => h("option", { value: id, key: "id-" + id }, title)));
	},
};

function clashBox(app, { field, before, mine, theirs, broken }) {
	const { edit } = app.form;
	const show = (value) => formatValue(field, value, app.showing) || "empty";
	const when = edit.clash?.at ?? app.form.record?.lastUpdatedAt;
	return h("div", { class: "clash", role: "group", "aria-label": `${field.label}: two versions` },
		h("p", null, icon("warn", 16), ` Changed elsewhere${when ? " " + formatSince(when, app.ui.now) : ""}. Before: ${show(before)}.`),
		h("div", { class: "sides" },
			h("button", { type: "button", class: "side", onclick: () => app.edits.keepMine(edit, field) },
				h("small", null, "Keep yours"), h("span", null, broken ? String(app.edits.textIn(edit, field)) : show(mine))),
			h("button", { type: "button", class: "side", onclick: () => app.edits.takeTheirs(edit, field) },
				h("small", null, `Take ${app.whoChanged()}`), h("span", null, show(theirs)))));
}

// Two that belong together share a line: left and arrived, the odometer before and after.
function isHalf(app, field) {
	const all = app.collection.fields;
	const at = all.indexOf(field);
	return [[all[at - 1], field], [field, all[at + 1]]].some(([a, b]) => a && b && a.type === b.type && isShown(a) && isShown(b) && !a.help && !b.help
		&& (b.atLeast === a.name || (a.type === "time" && isPair(a, b))));
}

function fieldView(app, field) {
	const { edit } = app.form;
	const { kind } = widgetOf(field);
	const problem = edit.errors[field.name];
	const clash = app.edits.clashes(edit).find((one) => one.field === field);
	const label = kind === "segments" ? h("span", { id: idOf(field) + "-label" }, field.label) : h("label", { for: idOf(field) }, field.label);
	return h("div", { class: `field kind-${kind}${isHalf(app, field) ? " half" : ""}`, key: field.name },
		h("div", { class: "label" }, label,
			field.private && h("span", { class: "note" }, icon("lock", 16), "Only you and managers see this"),
			field.required && kind !== "toggle" && h("span", { class: "note" }, "Required")),
		WIDGETS[kind](app, field, app.edits.textIn(edit, field)),
		field.help && h("p", { class: "help", id: idOf(field) + "-help" }, field.help),
		problem && h("p", { class: "error", id: idOf(field) + "-problem" }, problem),
		clash && clashBox(app, clash));
}

// A field that only the server or a rule writes, or that cannot change any more.
function fixedView(app, field, record) {
	const text = formatValue(field, readField(field, record), app.showing);
	return text && h("div", { class: "fact", key: field.name }, h("dt", null, field.label), h("dd", null, text));
}

function idView(app) {
	const { collection } = app;
	const { edit } = app.form;
	const problem = edit.errors[ID_FIELD];
	const taken = problem && app.store.get(collection.name, String(edit.texts[ID_FIELD] ?? "").trim());
	return h("div", { class: "field", key: "record-id" },
		h("div", { class: "label" }, h("label", { for: "field-id" }, collection.idLabel), h("span", { class: "note" }, "Required")),
		h("input", {
			id: "field-id", name: "record-id", type: "text", class: "figure", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
			value: edit.texts[ID_FIELD] ?? "", readOnly: edit.sent !== null, "aria-invalid": problem ? "true" : null, "aria-describedby": problem ? "field-id-problem" : null,
			oninput: (event) => app.type({ name: ID_FIELD }, event.target.value),
		}),
		problem && h("p", { class: "error", id: "field-id-problem" }, problem, " ", taken && h("a", { href: hrefOf(collection.name, taken.id) }, "Open it")));
}

// What happened to this edit as a whole, and what the person can do.
function banner(app) {
	const { edit } = app.form;
	const { edits } = app;
	const clashes = edits.clashes(edit).length;

	if (edits.isGone(edit) && edit.touched)
		return h("div", { class: "banner warn", role: "alert", key: "gone" },
			h("p", null, "This was deleted elsewhere. What you typed is still here."),
			h("div", { class: "acts" },
				h("button", { class: "button", type: "button", onclick: () => app.saveWith(() => edits.bringBack(edit)) }, "Save it again"),
				h("button", { class: "button quiet", type: "button", onclick: () => app.discard(edit) }, "Discard mine")));
	if (edit.removing && edit.state === "clashing")
		return h("div", { class: "banner warn", role: "alert", key: "removing" },
			h("p", null, "It was not deleted, because it changed elsewhere just before."),
			h("div", { class: "acts" },
				h("button", { class: "button danger", type: "button", onclick: () => edits.removeAnyway(edit) }, "Delete anyway"),
				h("button", { class: "button quiet", type: "button", onclick: () => edits.keepRecord(edit) }, "Keep it")));
	if (edit.removing)
		return h("div", { class: "banner warn", role: "alert", key: "leaving" },
			h("p", null, edit.state === "saving" ? "Deleting…" : `Not deleted yet: ${edit.problem ?? ""} It will be when the server answers.`),
			edit.state !== "saving" && h("div", { class: "acts" },
				h("button", { class: "button", type: "button", onclick: () => edits.save(edit) }, "Try now"),
				h("button", { class: "button quiet", type: "button", onclick: () => edits.keepRecord(edit) }, "Keep it")));
	if (clashes > 0)
		return h("div", { class: "banner warn", role: "alert", key: "clashing" },
			h("p", null, edit.clash?.existed ? "There is one already. " : "",
				`Choose below for ${clashes === 1 ? "the field" : `${clashes} fields`} that changed elsewhere too, then save.`));
	if (edit.state === "waiting")
		return h("div", { class: "banner warn", role: "alert", key: "waiting" },
			h("p", null, `Not saved yet: ${edit.problem} It is kept in this browser and sent by itself when the server answers.`),
			h("div", { class: "acts" }, h("button", { class: "button", type: "button", onclick: () => app.save() }, "Try now")));
	if (edit.problem)
		return h("div", { class: "banner bad", role: "alert", key: "problem" }, h("p", null, `Not saved: ${edit.problem}`));
	return null;
}

export function paneHead(app, title) {
	const { route } = app;
	const isRecord = app.form?.record;
	return h("header", { class: "pane-head", key: "head" },
		h("div", { class: "grip", "aria-hidden": "true" }),
		h("h2", { tabindex: "-1", id: "pane-title" }, title),
		isRecord && h("nav", { class: "segments small", "aria-label": "View" },
			h("a", { class: "segment", href: hrefOf(route.collection, route.id), "aria-current": route.panel ? null : "true" }, h("span", null, "Details")),
			h("a", { class: "segment", href: hrefOf(route.collection, route.id, "history"), "aria-current": route.panel ? "true" : null }, h("span", null, "History"))),
		h("button", { class: "round", type: "button", title: "Close (Esc)", "aria-label": "Close", onclick: () => app.closeForm() }, icon("close")));
}

function foot(app, mayWrite) {
	const { edit } = app.form;
	const { collection } = app;
	const canDelete = !edit.isNew && !edit.touched && app.may("delete", collection) && app.form.record;
	return h("footer", { class: "pane-foot", key: "foot" },
		canDelete && h("button", { class: "button quiet delete", type: "button", onclick: () => app.remove() }, icon("trash"), "Delete"),
		edit.isNew && edit.touched && h("button", { class: "button quiet", type: "button", onclick: () => app.discard(edit) }, "Discard"),
		!edit.isNew && edit.touched && !edit.removing && h("button", { class: "button quiet", type: "button", disabled: edit.state === "saving", onclick: () => app.discard(edit) }, "Undo changes"),
		h("span", { class: "spring" }),
		mayWrite && h("button", { class: "button primary", type: "submit", disabled: edit.state === "saving" || edit.removing }, edit.state === "saving" ? "Saving…" : "Save"));
}

function lastChange(app, record) {
	return record && h("p", { class: "help last", key: "last" }, `Last changed ${formatSince(record.lastUpdatedAt, app.ui.now)} by ${app.personOf(record.lastUpdatedBy)}.`);
}

function missing(app) {
	const isWaiting = !app.sync.state.loaded;
	return h("div", { class: "pane-body", key: "missing" },
		paneHead(app, app.collection.label),
		h("div", { class: "hint" }, h("p", { class: isWaiting ? "late" : null }, isWaiting ? "Loading…" : "This entry is not there any more. It may have been deleted; its history is kept.")));
}

export function formView(app) {
	const { collection, form } = app;
	if (!form)
		return missing(app);
	const { edit } = form;
	const record = edit.isNew ? null : app.store.get(collection.name, edit.id) ?? edit.was;
	const fields = collection.fields.filter(isShown);
	const mayWrite = app.may(edit.isNew ? "create" : "update", collection);
	const open = fields.filter((field) => mayWrite && !isReadOnly(collection, field, edit.isNew));
	const fixed = edit.isNew ? [] : fields.filter((field) => !open.includes(field));
	const title = edit.isNew ? titleOfNew(collection) : titleOf(app.plan(collection.name), record, app.showing);
	const facts = fixed.map((field) => fixedView(app, field, record)).filter(Boolean);
	return h("form", {
		class: "pane-body", key: "form-" + form.key, novalidate: true, "aria-labelledby": "pane-title",
		onsubmit: (event) => {
			event.preventDefault();
			app.save();
		},
	},
	paneHead(app, title),
	h("div", { class: "fields", key: "fields" },
		banner(app),
		edit.isNew && hasOwnId(collection) && idView(app),
		facts.length > 0 && fieldOf(collection, collection.unique?.[0] ?? "") && h("dl", { class: "facts", key: "facts" }, facts),
		open.map((field) => fieldView(app, field)),
		facts.length > 0 && !fieldOf(collection, collection.unique?.[0] ?? "") && h("dl", { class: "facts", key: "facts" }, facts),
		lastChange(app, form.record)),
	foot(app, mayWrite));
}

