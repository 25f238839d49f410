// Choosing a moment of the past, and the banner above every screen that shows it.

import { useState } from "preact/hooks";
import {
	Button, Field, InstantInput, Notice, Select, Sheet, Trouble, formatNumber,
} from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { useKeys } from "../base/keys.js";
import { show } from "../base/layer.js";
import { address, canShowPast, go, moment, setQuery } from "../base/router.jsx";
import { definition, definitions, engine, may, past } from "../base/state.js";
import { namedZone } from "../base/zones.jsx";
import { asItWas, momentWords, pastProblem, problemWith, usualMoments } from "./as-of.js";

/** The zone in which moments of the past are chosen and named. */
export const zoneOfPast = () => namedZone.value ?? ownZone();

/**
 * Opens the choice of a moment.  path: of the screen that is to be shown as of it; else the one that is on the screen
 * if it can show the past, and one to be chosen if it cannot.
 */
export function chooseMoment(path = null) {
	show("as-of", { path: path ?? (canShowPast(address.value.path) ? address.value.path : null) });
}

/** Shows the present again. */
export function leavePast() {
	setQuery({ at: null }, { replace: false });
}

/** The entry of a menu that opens the choice. */
export const asOfItem = (path) => ({ label: "As of…", icon: "history", onSelect: () => chooseMoment(path) });

function goThere(path, at) {
	const here = address.value.path;
	if (here === path || here.startsWith(`${path}/`))
		setQuery({ at }, { replace: false });
	else
		go(path, { at });
}

function Moment({ words, instant, zone, onChoose }) {
	return (
		<li>
			<button type="button" class="item full touch" onClick={() => onChoose(instant)}>
				<span class="grow">{words}</span>
				<span class="hint">{momentWords(instant, zone)}</span>
			</button>
		</li>
	);
}

const AREAS = [["/time", "Time", "workSessions"], ["/fleet", "Fleet", "cars"]];

// The screens of this space that can show the past: [[path, words]].
function screens() {
	const lists = definitions.value.filter(({ name }) => may("read", name));
	return [
		...AREAS.filter(([, , needed]) => lists.some(({ name }) => name === needed)),
		...lists.map(({ name, label }) => [`/c/${name}`, label]),
	].map(([path, words]) => [path, words]);
}

function ScreenChoice({ value, onInput }) {
	return <Field label="Show"><Select value={value} options={screens()} onInput={onInput} /></Field>;
}

function AnyMoment({ zone, shown, onChoose }) {
	const [at, setAt] = useState(shown), [problem, setProblem] = useState();
	const type = (value, _, wrong) => {
		setAt(value ?? null);
		setProblem(wrong);
	};
	const submit = (event) => {
		event.preventDefault();
		const wrong = problemWith(at, engine.now());
		setProblem(wrong ?? undefined);
		if (!wrong)
			onChoose(at);
	};
	return (
		<form class="stack gap-3" onSubmit={submit} noValidate>
			<Field label="Day and time" problem={problem} note={zone.replaceAll("_", " ")}>
				<InstantInput value={at} zone={zone} onInput={type} />
			</Field>
			<div class="line to-end"><Button kind="primary" type="submit" icon="history">Show</Button></div>
		</form>
	);
}

/** The sheet in which a moment is chosen. */
export default function AsOf({ path, onClose }) {
	const [chosen, setChosen] = useState(path ?? screens()[0]?.[0]);
	const zone = zoneOfPast();
	const choose = (at) => {
		onClose();
		goThere(chosen, at);
	};
	return (
		<Sheet title="As of…" onClose={onClose}>
			<div class="stack gap-5">
				<p class="hint">See records as they were at any time. Nothing is changed.</p>
				{!path && <ScreenChoice value={chosen} onInput={setChosen} />}
				<ul class="moments" aria-label="Often asked for">
					{usualMoments(engine.now(), zone).map(([words, instant]) => (
						<Moment key={words} words={words} instant={instant} zone={zone}
							onChoose={choose} />
					))}
				</ul>
				<AnyMoment zone={zone} shown={moment.value} onChoose={choose} />
			</div>
		</Sheet>
	);
}

// What of the past is not shown, and why.
function leftOut({ missing, cut }) {
	const labels = cut.map((name) => definition(name)?.label ?? name).join(", ");
	return [
		missing > 0 && `${formatNumber(missing)} can’t be shown: what they were is no longer known.`,
		cut.length > 0 && `Only the first 20,000 are shown of: ${labels}.`,
	].filter(Boolean);
}

function State({ shown }) {
	if (shown.error.value)
		return null;
	if (shown.isReading.value)
		return <p class="late">Reading the past…</p>;
	return leftOut(shown.sums.value).map((words) => <p key={words}>{words}</p>);
}

function keysOf(shown) {
	if (!canShowPast(address.value.path))
		return {};
	return {
		a: [shown ? "As of another time" : "As of…", () => chooseMoment()],
		...(shown ? { Escape: ["Back to now", leavePast] } : {}),
	};
}

/** Above every screen: says that the past is shown, and leads back in one tap. */
export function PastNotice() {
	const shown = past.value;
	useKeys(keysOf(shown));
	if (!shown)
		return null;
	const actions = (
		<div class="flow gap-2">
			<Button small onClick={() => chooseMoment()}>Change</Button>
			<Button small kind="primary" icon="undo" onClick={leavePast}>Back to now</Button>
		</div>
	);
	return (
		<Notice kind="warn" icon="history" action={actions}>
			<p><PastWords /> · Read only</p>
			<State shown={shown} />
		</Notice>
	);
}

/** In place of a screen of the past that could not be read: why, and the way on. */
export function PastTrouble() {
	const shown = past.value, error = shown?.error.value;
	return error && <Trouble text={pastProblem(error, zoneOfPast())} onRetry={shown.again} />;
}

/** The moment that is shown: "As it was on 21 Nov, 08:34". */
export function PastWords() {
	return <strong class="unbroken">{asItWas(moment.value, zoneOfPast(), engine.now())}</strong>;
}
