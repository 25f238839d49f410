// The palette: go to a place, do something or find a record by typing a few letters.

import { createPortal } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../ui/index.js";
import { useLayer } from "../ui/layer.js";
import { chooseMoment, describe, openRecord } from "../generic/index.js";
import { switchPerson } from "../base/handheld.js";
import { show } from "../base/layer.js";
import { collections, offered } from "./places.js";
import { go } from "../base/router.jsx";
import { chooseTheme } from "./theme.js";
import { WAY_BACK } from "./way-back.js";
import { findEntries, timeCommands } from "../time/commands.js";
import { definitions, hasRole, may, openSpace, rowsNow, session, space, spaceInfo, spaces } from "../base/state.js";

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

const THEMES = [
	["light", "Light colours", "light"],
	["dark", "Dark colours", "dark"],
	["system", "Colours as the system has them", "settings"],
];

function actions() {
	const list = [];
	const put = (title, hint, icon, run) => list.push({ title, hint, icon, run });
	list.push(...timeCommands());
	for (const { title, icon, to } of offered.value)
		put(title, "Go to", icon, () => go(to));
	const home = spaceInfo.value.kind === "team" ? "/team" : "/settings";
	for (const { name, title, icon } of WAY_BACK.filter(({ when }) => when()))
		put(title, "Go to", icon, () => go(`${home}/${name}`));
	for (const { title, icon, to } of collections.value)
		put(title, "Records", icon, () => go(to));
	for (const one of definitions.value)
		if (may("create", one.name))
			put(`New ${singularOf(one)}`, "New", "plus", () => go(`/c/${one.name}/+`));
	for (const { id, name, kind } of spaces.value)
		if (id !== space.value?.id)
			put(name, "Space", kind === "personal" ? "person" : "team", () =>
				openSpace(id).then(() => go("/"))
			);
	put("As of…: see the past", "Do", "history", () => chooseMoment());
	put("Sync now", "Do", "sync", () => space.value.sync());
	if (hasRole("manager") && spaceInfo.value.kind === "team")
		put("Invite people", "Do", "invite", () => go("/team/invite"));
	if (session.value.kind !== "pin")
		put("Create a team", "Do", "plus", () => show("team"));
	for (const [name, words, icon] of THEMES)
		put(words, "Do", icon, () => chooseTheme(name));
	put("Keyboard shortcuts", "Help", "keyboard", () => show("help"));
	if (session.value.handheld)
		put("Switch user", "Do", "users", switchPerson);
	else
		put("Sign out", "Do", "sign-out", () => show("leave"));
	return list;
}

// The titles of rows.  A row is a new object when it changes, so a title is good as long as its row.
const titles = new WeakMap();

function titleOf(collection, row) {
	if (!titles.has(row))
		titles.set(row, describe(collection, row).text);
	return titles.get(row);
}

function records(wanted) {
	const found = findEntries((words) => fit(words, wanted));
	for (const place of collections.value.filter(({ name }) => name !== "workSessions"))
		for (const row of rowsNow(place.name).value) {
			const title = titleOf(place.name, row);
			const ofNote = row.note ? fit(row.note, wanted) / 2 : 0;
			const score = Math.max(fit(title, wanted), ofNote, row.id === wanted ? 90 : 0);
			const run = () => openRecord(place.name, row.id);
			if (score > 0)
				found.push({ score: score - 5, title, hint: place.title, icon: place.icon, run });
		}
	return found.sort((a, b) => b.score - a.score).slice(0, MOST_RECORDS);
}

/** The results for a typed text, the best first. */
function search(text) {
	const wanted = plain(text.trim());
	if (!wanted)
		return actions().slice(0, MOST);
	const scored = actions().map((one) => ({ ...one, score: fit(one.title, wanted) }));
	const all = [...scored.filter(({ score }) => score > 0), ...(wanted.length > 1 ? records(wanted) : [])];
	return all.sort((a, b) => b.score - a.score).slice(0, MOST);
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
	const type = (event) => {
		setText(event.currentTarget.value);
		setAt(0);
	};
	return createPortal(
		<div class="veil palette-veil" onMouseDown={beside}>
			<section
				class="palette paper clip full" role="dialog" aria-modal="true"
				aria-label="Go to, find or do"
			>
				<div class="palette-line in-4 ruled line gap-3 muted">
					<Icon name="search" />
					<input
						class="palette-input bare grow ink" type="text" role="combobox"
						aria-expanded="true" aria-controls="palette-list"
						aria-label="Go to, find or do"
						aria-activedescendant={results.length ? `palette-${chosen}` : undefined}
						placeholder="Go to, find or do" autocomplete="off" spellcheck={false}
						autofocus
						value={text} onInput={type} onKeyDown={key}
					/>
				</div>
				<ul
					class="palette-list pad-2 scroll" id="palette-list" ref={list}
					role="listbox" aria-label="What fits"
				>
					{results.map((result, index) => (
						<li
							key={index} class="item" id={`palette-${index}`} role="option"
							aria-selected={index === chosen ? "true" : "false"}
							onClick={() => run(result)}
							onMouseMove={() => index !== chosen && setAt(index)}
						>
							<Icon name={result.icon} />
							<span class="cut grow" dir="auto">{result.title}</span>
							<span class="hint">{result.hint}</span>
						</li>
					))}
				</ul>
				{results.length === 0 && <p class="palette-none pad-5 muted">Nothing fits.</p>}
			</section>
		</div>, host);
}
