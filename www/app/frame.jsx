// The frame around every screen: the rail in wide windows, the bar of at most five places on phones, notices, and the
// chip beside every title.

import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Icon, Menu, Page, PageEnd, isCovered } from "../ui/index.js";
import { Boundary } from "./boundary.jsx";
import { Chip } from "./chip.jsx";
import { follow as followKeys } from "../base/keys.js";
import { show } from "../base/layer.js";
import { Layers } from "./layers.jsx";
import { Lazy } from "./lazy.jsx";
import { PastTrouble, PastWords } from "../generic/as-of.jsx";
import { Notices } from "./notices.jsx";
import { barPlaces, isOffered, ownCollections, placeOf, railPlaces } from "./places.js";
import { Link, address, go } from "../base/router.jsx";
import { switchPerson, watchIdle } from "../base/handheld.js";
import { SpaceButton } from "./spaces.jsx";
import { definition, definitions, past, session } from "../base/state.js";
import { watchTimers } from "../base/timers.js";
import { RunningList, RunningSign } from "./running.jsx";
import { countVisit } from "./visits.js";
import { Nowhere } from "./nowhere.jsx";

function isHere(place) {
	const { path } = address.value;
	return place.to === "/" ? path === "/" : path === place.to || path.startsWith(place.to + "/");
}

function PlaceLink({ place }) {
	return (
		<Link to={place.to} class="place item" aria-current={isHere(place) ? "page" : undefined}>
			<Icon name={place.icon} />
			<span class="place-word cut">{place.title}</span>
		</Link>
	);
}

function Person() {
	const { user, handheld } = session.value;
	const items = [
		{ label: "Settings", icon: "settings", onSelect: () => go("/settings") },
		{ label: "Keyboard shortcuts", icon: "keyboard", onSelect: () => show("help") },
		handheld
			? { label: "Switch user", icon: "users", onSelect: switchPerson }
			: { label: "Sign out", icon: "sign-out", onSelect: () => show("leave") },
	];
	return <Menu label={`You are ${user.name}`} icon="person" words={user.name} items={items} />;
}

function Rail() {
	const { places, below } = railPlaces.value;
	return (
		<nav class="rail wide-only" aria-label="Places">
			<SpaceButton wide />
			<button type="button" class="rail-search bare line small muted" onClick={() => show("palette")}>
				<Icon name="search" size={16} />
				<span>Search or go to</span>
				<kbd class="push unbroken">{/Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl"} K</kbd>
			</button>
			<RunningList />
			<div class="rail-places scroll">
				{places.map((place) => <PlaceLink key={place.to} place={place} />)}
				{ownCollections.value.length > 0 && (
					<h2 class="above-4 below-1 in-3 tiny medium muted">Records</h2>
				)}
				{ownCollections.value.map((place) => <PlaceLink key={place.to} place={place} />)}
			</div>
			<div class="rail-below topped stack gap-0">
				{below.map((place) => <PlaceLink key={place.to} place={place} />)}
				<Person />
			</div>
		</nav>
	);
}

function Bar() {
	return (
		<nav class="bar paper" aria-label="Places">
			{barPlaces.value.map((place) => <PlaceLink key={place.to} place={place} />)}
		</nav>
	);
}

function titleOf(found) {
	const collection = found?.params.collection;
	return (collection && definition(collection)?.label) ?? found?.place.title ?? "Not here";
}

// Keyboard and screen reader go on in the new screen, unless the screen has set the focus itself.
function moveFocus() {
	const content = document.getElementById("content");
	if (!isCovered() && !content.contains(document.activeElement))
		content.focus({ preventScroll: true });
}

function Place() {
	const { path, query } = address.value;
	const found = placeOf(path);
	const isFirst = useRef(true);

	useEffect(() => {
		document.title = `${titleOf(found)} · Daybook`;
		countVisit(path);
	}, [path]);
	useEffect(() => {
		if (isFirst.current)
			isFirst.current = false; // the first Tab finds the way past the rail
		else
			moveFocus();
	}, [found?.place.name]);
	if (!found || (definitions.value.length > 0 && !isOffered(found.place)))
		return <Nowhere />;
	if (past.value?.error.value)
		return <Page title={titleOf(found)}><PastTrouble /></Page>;
	return (
		<Boundary place={path}>
			<Lazy
				key={found.place.name} load={found.place.load}
				properties={{ params: found.params, query }}
			/>
		</Boundary>
	);
}

// While a list of the past is not there, a screen would say that there was nothing, so it is not seen.
function stateOfPast() {
	const shown = past.value;
	return shown ? (shown.isReading.value ? "reading" : "shown") : undefined;
}

export function Frame() {
	useLayoutEffect(followKeys, []);
	useEffect(watchIdle, []);
	useEffect(watchTimers, []);
	const end = useMemo(() => <div class="page-corner line fixed"><RunningSign /><Chip /><SpaceButton /></div>, []);
	return (
		<div class="frame">
			<a class="skip" href="#content">Skip to the content</a>
			<Rail />
			<div class="frame-main">
				<Notices />
				<main
					class="content" id="content" tabIndex={-1} data-past={stateOfPast()}
					aria-label={titleOf(placeOf(address.value.path))}
				>
					{past.value && <p class="only-print"><PastWords /></p>}
					<PageEnd.Provider value={end}><Place /></PageEnd.Provider>
				</main>
				<Bar />
			</div>
			<Layers />
		</div>
	);
}
