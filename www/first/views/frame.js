// The frame around everything: rail or tabs with the collections, the list, and beside or over it the form.

import { h } from "../html.js";
import { icon } from "../icons.js";
import { formatCount } from "../format.js";
import { hrefOf } from "../routes.js";
import { chipSheet } from "./chip.js";
import { formView } from "./form.js";
import { historyView } from "./history.js";
import { listView } from "./list.js";
import { menuView } from "./menu.js";
import { toastsView } from "./toasts.js";

const TABS = 4; // collections in the bottom bar; the others are under More

function place(app, collection, inTabs) {
	const here = app.route.collection === collection.name && !(inTabs && app.ui.sheet === "places");
	const count = app.store.count(collection.name);
	const unsaved = app.edits.of(collection.name).length;
	return h("a", { class: "place", key: collection.name, href: hrefOf(collection.name), "aria-current": here ? "page" : null, onclick: () => app.closeSheet() },
		icon(collection.icon), h("span", { class: "word" }, collection.label),
		!inTabs && (unsaved > 0
			? h("span", { class: "count warn" }, `${unsaved} unsaved`)
			: app.sync.state.loaded && count > 0 && h("span", { class: "count" }, formatCount(count))));
}

function rail(app, isUnder) {
	return h("nav", { class: "rail", "aria-label": "Collections", key: "rail", inert: isUnder },
		h("div", { class: "brand" }, icon("book"), h("span", { class: "word" }, "Daybook")),
		h("div", { class: "places" }, app.collections.map((collection) => place(app, collection, false))),
		h("button", { class: "place account", type: "button", "aria-haspopup": "dialog", onclick: () => app.openSheet("account") },
			icon("person"), h("span", { class: "word" }, app.session.state.user.name)));
}

function tabs(app, isUnder) {
	const shown = app.tabCollections(TABS);
	const isElsewhere = !shown.some((collection) => collection.name === app.route.collection);
	return h("nav", { class: "tabs", "aria-label": "Collections", key: "tabs", inert: isUnder },
		shown.map((collection) => place(app, collection, true)),
		h("button", { class: "place", type: "button", "aria-haspopup": "dialog", "aria-current": isElsewhere ? "page" : null, onclick: () => app.openSheet("places") },
			icon("more"), h("span", { class: "word" }, "More")));
}

// All collections, on a phone.
function placesSheet(app) {
	return [
		h("div", { class: "places" }, app.collections.map((collection) => place(app, collection, false))),
		h("hr"),
		h("div", { class: "places" },
			h("button", { class: "place", type: "button", onclick: () => app.openSheet("account") }, icon("person"), h("span", { class: "word" }, app.session.state.user.name))),
	];
}

function accountSheet(app) {
	const { user } = app.session.state;
	const unsaved = app.edits.counts().all;
	return [
		h("p", { class: "who" }, h("strong", null, user.name), h("span", null, user.email)),
		h("p", { class: "help" }, "Signed in on this browser. Sign out when it is not yours alone."),
		unsaved > 0 && h("p", { class: "help" }, `${unsaved} unsaved ${unsaved === 1 ? "change stays" : "changes stay"} in this browser until you sign in again.`),
		app.ui.problem && h("p", { class: "error standing", role: "alert" }, icon("warn"), app.ui.problem),
		h("button", { class: "button wide", type: "button", onclick: () => app.signOut() }, "Sign out"),
	];
}

const SHEETS = {
	places: { title: "Collections", view: placesSheet },
	account: { title: "Account", view: accountSheet },
	chip: { title: "Sync", view: chipSheet },
	menu: { title: "Import and export", view: menuView },
};

function sheet(app) {
	const { title, view } = SHEETS[app.ui.sheet];
	return h("div", { class: "veil", key: "sheet", onclick: (event) => event.target === event.currentTarget && app.closeSheet() },
		h("section", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1", mounted: (dom) => dom.focus() },
			h("header", { class: "sheet-head" },
				h("h2", null, title),
				h("button", { class: "round", type: "button", title: "Close", "aria-label": "Close", onclick: () => app.closeSheet() }, icon("close"))),
			h("div", { class: "sheet-body" }, view(app))));
}

function emptyPane(app) {
	const { collection } = app;
	return h("div", { class: "hint", key: "hint" },
		app.may("create", collection) ? [
			h("p", null, "Choose an entry to see it here, or add one."),
			h("dl", { class: "keys" },
				h("dt", null, h("kbd", null, "N")), h("dd", null, "New"),
				h("dt", null, h("kbd", null, "/")), h("dd", null, "Search"),
				h("dt", null, h("kbd", null, "J"), " ", h("kbd", null, "K")), h("dd", null, "Next, previous"),
				h("dt", null, h("kbd", null, "Esc")), h("dd", null, "Close; a draft is kept")),
		] : h("p", null, "Choose an entry to see it here."));
}

function pane(app) {
	const isOpen = app.route.id !== null;
	return h("aside", { class: isOpen ? "pane open" : "pane", key: "pane", "aria-label": "Entry", inert: Boolean(app.ui.sheet) },
		!isOpen ? emptyPane(app) : app.route.panel === "history" ? historyView(app) : formView(app));
}

export function frameView(app) {
	const { tone, text } = app.chip();
	// What lies under a sheet cannot be reached by the keyboard either.
	const isUnder = Boolean(app.ui.sheet) || (app.isNarrow() && app.route.id !== null);
	return h("div", { class: app.route.id === null ? "frame" : "frame editing", key: "frame" },
		h("p", { class: "unseen", role: "status", key: "said" }, tone === "bad" || tone === "warn" ? text : ""),
		h("a", { class: "skip", href: "#entries", onclick: (event) => { event.preventDefault(); app.focusList(); } }, "To the list"),
		rail(app, isUnder),
		listView(app, isUnder),
		app.route.id !== null && h("div", { class: "pane-veil", key: "pane-veil", onclick: () => app.closeForm() }),
		pane(app),
		tabs(app, isUnder),
		app.ui.sheet && sheet(app),
		toastsView(app));
}
