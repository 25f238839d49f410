// The palette: go to a place, do something, find a record; all by typing a few letters.

import { createPortal } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../ui/index.js";
import { useLayer } from "../ui/layer.js";
import { describe, openRecord } from "../generic/index.js";
import { switchPerson } from "../base/handheld.js";
import { show } from "../base/layer.js";
import { collections, offered } from "./places.js";
import { go } from "../base/router.jsx";
import { chooseTheme } from "./theme.js";
import { definitions, hasRole, may, openSpace, rows, session, space, spaceInfo, spaces } from "../base/state.js";

const MOST = 30; // results that are shown
const MOST_RECORDS = 12;

const plain = (text) => String(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// How well a text fits what is typed: 0 not at all, more is better.
function fit(text, wanted) {
	const at = plain(text);
	if (at === wanted)
		return 100;
	if (at.startsWith(wanted))
		return 80;
	if (new RegExp(`(?:^|[^\\p{L}\\p{N}])${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "u").test(at))
		return 60;
	if (at.includes(wanted))
		return 40;
	return wanted.split(/\s+/).every((word) => at.includes(word)) ? 30 : 0;
}

function singularOf({ singular }) {
	return singular.replace(/([A-Z])/g, " $1").toLowerCase();
}

function actions() {
	const list = [];
	for (const place of offered.value)
		list.push({ title: place.title, hint: "Go to", icon: place.icon, run: () => go(place.to) });
	for (const place of collections.value)
		list.push({ title: place.title, hint: "Records", icon: place.icon, run: () => go(place.to) });
	for (const one of definitions.value)
		if (may("create", one.name))
			list.push({ title: `New ${singularOf(one)}`, hint: "New", icon: "plus", run: () => go(`/c/${one.name}/+`) });
	for (const info of spaces.value)
		if (info.id !== space.value?.id)
			list.push({ title: info.name, hint: "Space", icon: info.kind === "personal" ? "person" : "team", run: () => openSpace(info.id).then(() => go("/")) });
	list.push({ title: "Sync now", hint: "Do", icon: "sync", run: () => space.value.sync() });
	if (hasRole("manager") && spaceInfo.value.kind === "team")
		list.push({ title: "Invite somebody", hint: "Do", icon: "invite", run: () => go("/team/invite") });
	if (session.value.kind !== "pin")
		list.push({ title: "Make a team", hint: "Do", icon: "plus", run: () => show("team") });
	for (const [name, words, icon] of [["light", "Light colours", "light"], ["dark", "Dark colours", "dark"], ["system", "Colours as the system has them", "settings"]])
		list.push({ title: words, hint: "Do", icon, run: () => chooseTheme(name) });
	list.push({ title: "Keyboard", hint: "Help", icon: "keyboard", run: () => show("help") });
	if (session.value.handheld)
		list.push({ title: "Switch person", hint: "Do", icon: "users", run: switchPerson });
	else
		list.push({ title: "Sign out", hint: "Do", icon: "sign-out", run: () => show("leave") });
	return list;
}

// A record is a new object when it changes, so its words hold as long as it does.
const titles = new WeakMap();

function titleOf(collection, row) {
	if (!titles.has(row))
		titles.set(row, describe(collection, row).text);
	return titles.get(row);
}

function records(wanted) {
	const found = [];
	for (const place of collections.value)
		for (const row of rows(place.name).value) {
			const title = titleOf(place.name, row);
			const score = Math.max(fit(title, wanted), row.note ? fit(row.note, wanted) / 2 : 0, row.id === wanted ? 90 : 0);
			if (score > 0)
				found.push({ score: score - 5, title, hint: place.title, icon: place.icon, run: () => openRecord(place.name, row.id) });
		}
	return found.sort((a, b) => b.score - a.score).slice(0, MOST_RECORDS);
}

/** What fits what is typed, the best first. */
function search(text) {
	const wanted = plain(text.trim());
	if (!wanted)
		return actions().slice(0, MOST);
	const known = actions().map((one) => ({ ...one, score: fit(one.title, wanted) })).filter(({ score }) => score > 0);
	return [...known, ...(wanted.length > 1 ? records(wanted) : [])].sort((a, b) => b.score - a.score).slice(0, MOST);
}

export default function Palette({ onClose }) {
	const [text, setText] = useState("");
	const [at, setAt] = useState(0);
	const host = useLayer({ onClose });
	const list = useRef(null);
	const results = search(text);
	const chosen = Math.min(at, results.length - 1);

	useEffect(() => {
		list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
	}, [chosen, text]);
	const run = (result) => {
		onClose();
		result?.run();
	};
	const key = (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) {
			event.preventDefault();
			setAt((chosen + step + results.length) % Math.max(1, results.length));
		} else if (event.key === "Enter" && !event.isComposing) {
			event.preventDefault();
			run(results[chosen]);
		}
	};
	const beside = (event) => {
		if (event.target === event.currentTarget)
			onClose();
	};
	return createPortal(
		<div class="veil palette-veil" onMouseDown={beside}>
			<section class="palette" role="dialog" aria-modal="true" aria-label="Go to, find or do">
				<div class="palette-line">
					<Icon name="search" />
					<input class="palette-input" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={results.length ? `palette-${chosen}` : undefined}
						aria-label="Go to, find or do" placeholder="Go to, find or do" autocomplete="off" spellcheck={false} autofocus value={text}
						onInput={(event) => { setText(event.currentTarget.value); setAt(0); }} onKeyDown={key} />
				</div>
				<ul class="palette-list" id="palette-list" role="listbox" aria-label="What fits" ref={list}>
					{results.map((result, index) => (
						<li key={index} id={`palette-${index}`} role="option" aria-selected={index === chosen ? "true" : "false"} onClick={() => run(result)} onMouseMove={() => index !== chosen && setAt(index)}>
							<Icon name={result.icon} />
							<span class="palette-title" dir="auto">{result.title}</span>
							<span class="palette-hint">{result.hint}</span>
						</li>
					))}
				</ul>
				{results.length === 0 && <p class="palette-none">Nothing fits.</p>}
			</section>
		</div>, host);
}
