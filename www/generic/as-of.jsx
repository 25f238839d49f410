// Choosing a moment of the past, and the banner that says which one is shown.

import { useState } from "preact/hooks";
import { Button, Field, InstantInput, Notice, Select, Sheet, formatInstant } from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { show } from "../base/layer.js";
import { address, go, setQuery } from "../base/router.jsx";
import { definition, definitions, engine, may } from "../base/state.js";
import { namedZone } from "../base/zones.jsx";
import { asOfIn, problemWith, usualMoments } from "./as-of.js";

/** The zone in which moments of the past are chosen and named. */
export const zoneOfPast = () => namedZone.value ?? ownZone();

/** Opens the choice of a moment.  collection: whose list is to be shown; without it, that can be chosen too. */
export function chooseMoment(collection) {
	show("as-of", { collection });
}

/** Shows the present again. */
export function leavePast() {
	setQuery({ at: null }, { replace: false });
}

function goThere(collection, at) {
	const { path } = address.value;
	if (path === `/c/${collection}` || path.startsWith(`/c/${collection}/`))
		setQuery({ at }, { replace: false });
	else
		go(`/c/${collection}`, { at });
}

function Moment({ words, instant, zone, onChoose }) {
	return (
		<li>
			<button type="button" class="item full touch" onClick={() => onChoose(instant)}>
				<span class="grow">{words}</span>
				<span class="hint">{formatInstant(instant, { zone })}</span>
			</button>
		</li>
	);
}

const readable = () => definitions.value.filter(({ name }) => may("read", name));

function ListChoice({ value, onInput }) {
	const options = readable().map(({ name, label }) => [name, label]);
	return <Field label="List"><Select value={value} options={options} onInput={onInput} /></Field>;
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
export default function AsOf({ collection, onClose }) {
	const [chosen, setChosen] = useState(collection ?? readable()[0]?.name);
	const zone = zoneOfPast(), shown = asOfIn(address.value.query);
	const choose = (at) => {
		onClose();
		goThere(chosen, at);
	};
	const title = collection ? `${definition(collection)?.label} as of…` : "A list as of…";
	return (
		<Sheet title={title} onClose={onClose}>
			<div class="stack gap-5">
				<p class="hint">See records as they were at any time. Nothing is changed.</p>
				{!collection && <ListChoice value={chosen} onInput={setChosen} />}
				<ul class="moments" aria-label="Often asked for">
					{usualMoments(engine.now(), zone).map(([words, instant]) => (
						<Moment key={words} words={words} instant={instant} zone={zone}
							onChoose={choose} />
					))}
				</ul>
				<AnyMoment zone={zone} shown={shown} onChoose={choose} />
			</div>
		</Sheet>
	);
}

/** Says that the past is shown, and leads back in one tap. */
export function PastBanner({ at, collection, children }) {
	const actions = (
		<div class="flow gap-2">
			{collection && <Button small onClick={() => chooseMoment(collection)}>Change</Button>}
			<Button small kind="primary" icon="undo" onClick={leavePast}>Back to now</Button>
		</div>
	);
	return (
		<Notice kind="warn" icon="history" action={actions}>
			<strong class="unbroken">As of {formatInstant(at, { zone: zoneOfPast() })}</strong> · Read only
			{children}
		</Notice>
	);
}
