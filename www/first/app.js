// Puts the parts together: state flows api → sync → store → view, edits flow view → edit → api.  Here are also the few things that
// belong to the page as a whole: drawing, keys, the clock, focus.

import { createApi } from "./api.js";
import { createDesk } from "./desk.js";
import { createDoor } from "./door.js";
import { createFiles } from "./files.js";
import { show } from "./html.js";
import { newId } from "./ids.js";
import { parseRoute } from "./routes.js";
import { createSession } from "./session.js";
import { createToasts } from "./toasts.js";
import { frameView } from "./views/frame.js";
import { awayView, doorView, startingView } from "./views/signin.js";

const TICK = 10_000; // milliseconds between two looks at the clock
const DEVICE = "daybook.device";

// localStorage, or memory where a browser forbids it.
function openStorage() {
	try {
		localStorage.setItem("daybook.probe", "1");
		localStorage.removeItem("daybook.probe");
		return localStorage;
	} catch {
		const kept = new Map();
		return {
			get length() { return kept.size; },
			key: (i) => [...kept.keys()][i] ?? null,
			getItem: (name) => kept.get(name) ?? null,
			setItem: (name, text) => kept.set(name, String(text)),
			removeItem: (name) => kept.delete(name),
		};
	}
}

function deviceOf(storage) {
	if (!storage.getItem(DEVICE))
		storage.setItem(DEVICE, newId());
	return storage.getItem(DEVICE);
}

function saveBlob(blob, name) {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function start() {
	const root = document.getElementById("app");
	const narrow = matchMedia("(max-width: 959.98px)");
	const storage = openStorage();
	const device = deviceOf(storage);
	const api = createApi({ device });
	const ui = { sheet: null, queries: {}, limits: {}, now: Date.now(), problem: null, import: null, attend: null };
	const toasts = createToasts({ changed });
	const session = createSession({ api, storage, locks: navigator.locks, device, changed: sessionChanged });
	let desk = null, app = null, isDrawing = false, hasFormFocus = null, wayBack = null;

	// --- drawing ---

	// All changes of one moment make one drawing.
	function changed() {
		if (isDrawing)
			return;
		isDrawing = true;
		queueMicrotask(() => {
			isDrawing = false;
			draw();
		});
	}

	function viewOf() {
		const { status } = session.state;
		if (status === "out")
			return doorView(app);
		if (status === "away" || (status === "in" && desk?.trouble && !desk.isReady))
			return awayView(app);
		if (status === "in" && desk?.isReady && desk.collection)
			return frameView(app);
		return startingView();
	}

	function draw() {
		ui.now = Date.now();
		show(root, viewOf());
		document.title = session.state.status === "in" && desk?.collection ? `${desk.collection.label} – Daybook` : "Daybook";
		attend();
	}

	let opener = null; // what had the keyboard before a sheet took it
	function openSheet(name) {
		if (!ui.sheet)
			opener = document.activeElement;
		Object.assign(ui, { sheet: name, problem: null, import: null });
		changed();
	}

	// Where the keyboard goes after something happened: into a form that opened, to what is wrong, back to the row that closed.
	function attend() {
		const form = desk?.form?.key ?? null;
		if (!ui.sheet && opener) {
			if (opener.isConnected && document.activeElement === document.body)
				opener.focus({ preventScroll: true });
			opener = null;
		}
		if (ui.attend === "error") {
			ui.attend = null;
			root.querySelector(".pane [aria-invalid=true], .pane .field:has(.error) input")?.focus();
		} else if (form !== hasFormFocus) {
			if (form === null)
				focusRow(wayBack);
			else if (desk.route.id.startsWith("+"))
				root.querySelector(".pane .fields :is(input, select, textarea):not([type=date], [readonly])")?.focus({ preventScroll: true });
			else
				wayBack = desk.route.id;
			if (form !== null && narrow.matches && document.activeElement === document.body)
				root.querySelector("#pane-title")?.focus({ preventScroll: true });
		}
		hasFormFocus = form;
	}

	function focusRow(id) {
		const isLost = document.activeElement === null || document.activeElement === document.body;
		if (isLost && id)
			root.querySelector(`.row a[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
	}

	// --- who is here ---

	function assemble() {
		const common = {
			session, ui, toasts, device, ...door,
			openSheet,
			closeSheet() { Object.assign(ui, { sheet: null, import: null }); changed(); },
			isNarrow: () => narrow.matches,
			retryStart() { if (session.state.status === "away") session.start(); else desk?.start(); },
			signOut,
			canLocate: isSecureContext && "geolocation" in navigator,
			locate,
			focusList() { root.querySelector(".rows a, #entries")?.focus(); },
			watchEnd,
		};
		// The views see one object: what is the page's own, and behind it the desk of whoever is signed in.
		app = desk ? Object.setPrototypeOf({ ...common, ...filesOf(desk) }, desk) : common;
	}

	function filesOf(its) {
		return createFiles({ api, ui, changed, saveBlob, collectionOf: (name) => its.collectionOf(name), here: () => its.collection.name, imported: its.imported });
	}

	function sessionChanged() {
		const { status, user } = session.state;
		desk?.stop();
		desk = null;
		ui.sheet = null;
		if (status === "out" && session.state.problem)
			door.door.notice = session.state.problem;
		if (status === "in") {
			door.door.notice = null;
			desk = createDesk({ api, session, storage, toasts, ui, changed, go, page: document, network: navigator });
			desk.route = parseRoute(location.hash);
			desk.start();
		}
		Object.assign(ui, { queries: {}, limits: {}, user });
		assemble();
		changed();
	}

	async function signOut() {
		ui.problem = null;
		try {
			await session.signOut();
		} catch (error) {
			ui.problem = `You are still signed in: ${error.message}`;
			changed();
		}
	}

	// At once, not with the event that follows: the next key may come before it.
	function go(href, { replace = false } = {}) {
		if (location.hash === href)
			return;
		if (replace)
			history.replaceState(null, "", href);
		else
			location.hash = href;
		follow();
	}

	function follow() {
		const route = parseRoute(location.hash);
		if (desk && JSON.stringify(route) !== JSON.stringify(desk.route))
			desk.navigate(route);
	}

	function locate(field) {
		navigator.geolocation.getCurrentPosition(
			({ coords }) => desk.type(field, `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}, ${coords.accuracy.toFixed(1)}`),
			() => toasts.add("The position could not be found.", { kind: "bad" }), { enableHighAccuracy: true, timeout: 15_000 });
	}

	// More rows come by themselves as one nears the end.
	function watchEnd(dom) {
		new IntersectionObserver((seen, observer) => {
			if (!dom.isConnected)
				observer.disconnect();
			else if (seen.some((one) => one.isIntersecting))
				desk.showMore();
		}, { rootMargin: "600px" }).observe(dom);
	}

	// --- keys ---

	function isTyping(target) {
		return target.closest("input, textarea, select, [contenteditable]") !== null;
	}

	const KEYS = {
		n: () => desk.may("create", desk.collection) && desk.canAdd() && go(`#/${encodeURIComponent(desk.collection.name)}/+`),
		"/": () => root.querySelector("#search")?.focus(),
		j: () => desk.neighbour(1),
		k: () => desk.neighbour(-1),
		e: () => root.querySelector(".pane .fields :is(input, select, textarea)")?.focus(),
	};

	function escape(event) {
		if (ui.sheet)
			return app.closeSheet();
		if (event.target.id === "search" && event.target.value !== "")
			return desk.search("");
		if (event.target.id === "search")
			return event.target.blur();
		if (desk.route.id !== null)
			return desk.closeForm();
		return undefined;
	}

	function pressed(event) {
		if (session.state.status !== "in" || !desk?.isReady || event.isComposing)
			return;
		if (event.key === "Escape")
			return escape(event);
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && desk.form && event.target.closest(".pane")) {
			event.preventDefault();
			return desk.save();
		}
		if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || ui.sheet)
			return undefined;
		const act = KEYS[event.key];
		if (act) {
			event.preventDefault();
			act();
		}
		return undefined;
	}

	// --- the world outside ---

	function isLooked() {
		if (document.visibilityState === "visible" && session.state.status === "in" && desk?.isReady)
			desk.sync.now();
	}

	function listen() {
		addEventListener("hashchange", () => {
			ui.sheet = null;
			follow();
			changed();
		});
		narrow.addEventListener("change", changed);
		addEventListener("keydown", pressed);
		addEventListener("focus", isLooked);
		addEventListener("online", isLooked);
		addEventListener("offline", isLooked);
		document.addEventListener("visibilitychange", isLooked);
		addEventListener("storage", (event) => {
			session.noticed(event);
			desk?.noticed(event);
		});
		addEventListener("beforeunload", (event) => {
			if (desk?.edits?.counts().all > 0 && !desk.drafts.kept())
				event.preventDefault();
		});
		setInterval(() => {
			if (session.state.status === "away")
				session.start();
			changed();
		}, TICK);
	}

	const door = createDoor({ session, changed });
	assemble();
	listen();
	session.start();
	changed();
}

start();
