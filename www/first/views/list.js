// The list of a collection: search, rows in order, groups by month, drafts that are not saved yet.  Thousands of records stay quick
// because only a window of them is in the page.

import { h } from "../html.js";
import { icon } from "../icons.js";
import { formatCount, formatMonth } from "../format.js";
import { isSingle, singularOf } from "../forms.js";
import { hrefOf } from "../routes.js";
import { describe } from "../rows.js";
import { keyOf } from "../store.js";
import { chipView } from "./chip.js";

// Then the one thing to do stands in the middle of the page.
function isEmpty(app) {
	return app.sync.state.loaded && app.store.count(app.collection.name) === 0 && app.edits.of(app.collection.name).length === 0;
}

function head(app) {
	const { collection, ui } = app;
	const query = app.query();
	return h("header", { class: "bar", key: "bar" },
		h("div", { class: "bar-line" },
			h("h1", null, collection.label),
			chipView(app)),
		h("div", { class: "bar-line tools" },
			h("div", { class: "search" }, icon("search"),
				h("input", {
					id: "search", type: "search", value: query, placeholder: "Search", "aria-label": `Search ${collection.label}`, autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
					oninput: (event) => app.search(event.target.value),
				})),
			h("button", { class: "round", type: "button", title: "Import and export", "aria-label": "Import and export", onclick: () => app.openSheet("menu") }, icon("more")),
			app.may("create", collection) && app.canAdd() && !isEmpty(app) && h("a", { class: app.route.id === null ? "button primary add" : "button add", href: hrefOf(collection.name, "+") }, icon("plus"), h("span", null, `Add ${singularOf(collection)}`))),
		ui.stale && h("p", { class: "stale" }, ui.stale));
}

function marks(app, edit, key) {
	if (edit?.removing)
		return h("span", { class: "mark warn", key: "mark" }, edit.state === "saving" ? "Deleting…" : "Not deleted yet");
	if (edit)
		return h("span", { class: "mark warn", key: "mark" }, app.edits.clashes(edit).length > 0 || edit.state === "clashing" ? "Conflict" : edit.state === "saving" ? "Saving…" : "Not saved");
	const news = app.news.get(key);
	return news && h("span", { class: "mark news", key: "mark" }, news);
}

function row(app, plan, record) {
	const { collection } = app;
	const key = keyOf(collection.name, record.id);
	const edit = app.edits.find(collection.name, record.id);
	const { lead, title, meta, tags, span } = describe(plan, record, app.showing);
	const isOpen = app.route.id === record.id;
	return h("li", { class: ["row", app.news.has(key) && "glow", edit?.removing && "leaving"].filter(Boolean).join(" "), key: record.id },
		h("a", { href: hrefOf(collection.name, record.id), "aria-current": isOpen ? "true" : null, "data-id": record.id },
			lead && h("span", { class: "lead" }, h("b", null, lead.figure), lead.unit && h("small", null, lead.unit)),
			h("span", { class: "words" },
				h("span", { class: "title" }, title),
				meta.length > 0 && h("span", { class: "meta" }, meta.map((text) => h("span", null, text)))),
			h("span", { class: "trail" },
				marks(app, edit, key),
				tags.map((tag) => h("span", { class: "tag", key: "tag-" + tag }, tag)),
				span && h("span", { class: span.running ? "span running" : "span", key: "span" }, span.running && h("small", null, "running"), span.text))));
}

// A new record that has not reached the server.
function draftRow(app, edit) {
	const words = { typing: "Draft", saving: "Saving…", waiting: "Not saved yet", refused: "Not accepted", clashing: "Conflict" };
	return h("li", { class: "row draft", key: edit.key },
		h("a", { href: hrefOf(edit.collection, app.routeIdOf(edit)), "aria-current": app.form?.edit === edit ? "true" : null },
			h("span", { class: "words" }, h("span", { class: "title" }, app.titleOfEdit(edit).replace(/^[^:]+: /, ""))),
			h("span", { class: "trail" }, h("span", { class: "mark warn" }, words[edit.state] ?? ""))));
}

function groupHead(plan, group) {
	return group.month && h("li", { class: "group", key: "group-" + group.month, role: "presentation" },
		h("h2", null, formatMonth(group.month)),
		group.sums.map((sum) => h("span", { class: "sum" }, sum)));
}

function nothing(app) {
	const { collection } = app;
	const name = singularOf(collection);
	if (!app.sync.state.loaded && app.sync.state.failedAt !== null)
		return h("div", { class: "nothing", key: "failed" },
			h("p", null, h("strong", null, "Nothing could be loaded yet.")),
			h("p", null, "The server does not answer. Daybook keeps asking; you can add entries meanwhile, they are kept here."),
			h("button", { class: "button", type: "button", onclick: () => app.syncNow() }, "Ask now"));
	if (!app.sync.state.loaded)
		return h("div", { class: "skeletons late", key: "loading", "aria-busy": "true", "aria-label": "Loading" }, [1, 2, 3, 4, 5, 6].map((i) => h("div", { class: "skeleton", key: i })));
	if (app.query() !== "")
		return h("div", { class: "nothing", key: "unfound" },
			h("p", null, "Nothing matches “", app.query(), "”."),
			h("button", { class: "button", type: "button", onclick: () => app.search("") }, "Clear the search"));
	return h("div", { class: "nothing", key: "empty" },
		h("p", null, !app.may("create", collection) ? "There is nothing here yet."
			: isSingle(collection) ? `Your ${collection.label.toLowerCase()} will stand here, on all your devices.`
				: `The first ${name} you add will stand here, on all your devices.`),
		app.may("create", collection) && h("a", { class: "button primary", href: hrefOf(collection.name, "+") }, `Add ${name}`));
}

export function listView(app, isUnder) {
	const { collection } = app;
	const plan = app.plan(collection.name);
	const { groups, total, all } = app.listed();
	const drafts = app.edits.of(collection.name).filter((edit) => edit.isNew && edit.touched);
	const limit = app.limit();
	let left = limit;
	const rows = [];

	for (const group of groups) {
		if (left <= 0)
			break;
		const shown = group.records.slice(0, left);
		left -= shown.length;
		rows.push(groupHead(plan, group), shown.map((record) => row(app, plan, record)));
	}
	return h("main", { class: "list", key: "list-" + collection.name, inert: isUnder },
		head(app),
		h("div", { class: "scroll" },
			app.query() !== "" && total > 0 && h("p", { class: "found", role: "status", key: "found" }, `${formatCount(total)} of ${formatCount(all)}`),
			h("ul", { id: "entries", class: "rows", tabindex: "-1", key: "rows", "aria-label": collection.label, "--lead": app.leadWidth() + (plan.figure?.unit ? 2 : 0) + "ch" },
				drafts.map((edit) => draftRow(app, edit)), rows),
			total === 0 && drafts.length === 0 && nothing(app),
			total > limit && h("button", { class: "button wide further", type: "button", key: "further", onclick: () => app.showMore(), mounted: (dom) => app.watchEnd(dom) },
				`Show more (${formatCount(total - limit)} left)`)));
}
