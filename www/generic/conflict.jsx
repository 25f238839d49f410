// Deciding a conflict.  Each field in conflict shows what it was, your value and theirs.  A press takes one, a text can
// keep both, and anything else can be typed.  All other fields are merged already.

import { useState } from "preact/hooks";
import { Button, Empty, Field, Icon, formatAgo, toast } from "../ui/index.js";
import { definition, engine, opsNow, personName, space } from "../base/state.js";
import { capital } from "../ui/format.js";
import { bothOf, decisionOf, isDecided, kindOf, linesOf } from "./conflicts.js";
import { nameOf, options } from "./context.js";
import { singularOf, valueProblem, zoneOf } from "./fields.js";
import { formatValue } from "./values.js";
import { Widget } from "./widget.jsx";
import { recordOf } from "./words.js";

function words(field, value, zone) {
	return formatValue(field, value, { ...options(), zone }) || "empty";
}

function Side({ title, meta, text, isOn, onPick }) {
	return (
		<button
			type="button" class="side framed stack gap-1" aria-pressed={isOn ? "true" : "false"}
			onClick={onPick}
		>
			<span class={`side-head line ends small medium ${isOn ? "accent" : "muted"}`}>
				<span>{title}</span>
				{isOn && <Icon name="check" size={16} />}
			</span>
			<bdi class="side-text clamp as-typed medium">{text}</bdi>
			{meta && <small>{meta}</small>}
		</button>
	);
}

// Who wrote theirs, and when.
function theirMeta({ by, at }) {
	if (!by)
		return by;
	const name = personName(by), who = name === "you" ? "you, on another device" : name;
	return at ? `${who}, ${formatAgo(at)}` : who;
}

// A third value, typed by the person.
function Other({ field, choice, zone, onChoose }) {
	const isTyped = choice.value !== undefined && choice.value !== null;
	const problem = isTyped ? valueProblem(field, choice.value) : choice.problem;
	const type = (value, text, wrong) =>
		onChoose({ kind: "other", value, text, problem: value === undefined ? wrong : undefined });
	return (
		<Field label={`${field.label} shall be`} unit={field.unit} problem={problem}>
			<Widget field={field} value={choice.problem ? undefined : choice.value} text={choice.text}
				zone={zone} onInput={type} />
		</Field>
	);
}

function Line({ form, line, op, choice, onChoose }) {
	const { field, before, mine, theirs } = line;
	const zone = zoneOf(form, op.set) ?? zoneOf(form, op.conflict.current);
	const both = bothOf(field, mine, theirs);
	const kind = choice?.kind, isOn = (one) => (kind === one ? "true" : "false");
	const choose = (one, value) => onChoose({ kind: one, value });
	const myMeta = `you, ${formatAgo(op.at)}, ${engine.device.name || "this device"}`;
	return (
		<fieldset class="dispute stack gap-2">
			<legend class="bare bold">{field.label}</legend>
			<p class="hint">Before: <bdi class="as-typed">{words(field, before, zone)}</bdi></p>
			<div class="pair gap-2">
				<Side title="Yours" meta={myMeta} text={words(field, mine, zone)}
					isOn={kind === "mine"} onPick={() => choose("mine", mine)} />
				<Side title="Theirs" meta={theirMeta(op.conflict)} text={words(field, theirs, zone)}
					isOn={kind === "theirs"} onPick={() => choose("theirs", theirs)} />
			</div>
			<div class="dispute-more flow">
				{both && (
					<Button small icon={kind === "both" ? "check" : undefined}
						aria-pressed={isOn("both")} onClick={() => choose("both", both)}>
						Keep both
					</Button>
				)}
				<Button small kind="quiet" icon="pencil" aria-pressed={isOn("other")}
					onClick={() => choose("other", choice?.value ?? mine)}>
					Edit
				</Button>
			</div>
			{kind === "other" && (
				<Other field={field} choice={choice} zone={zone} onChoose={onChoose} />
			)}
		</fieldset>
	);
}

async function attempt(work, said, onClose) {
	try {
		await work();
		toast(said, { kind: "good" });
		onClose?.();
	} catch (error) {
		toast(error.message, { kind: "bad" });
	}
}

function Whole({ title, text, op, again, leave, onClose }) {
	const giveUp = () => attempt(() => space.value.discard(op.id), "Left as it is.", onClose);
	const insist = () => attempt(() => space.value.retry(op.id), "Conflict resolved.", onClose);
	return (
		<div class="conflict stack">
			<p>{title}</p>
			<p class="hint">{text}</p>
			<div class="foot flow to-end">
				<Button onClick={giveUp}>{leave}</Button>
				<Button kind="primary" onClick={insist}>{again}</Button>
			</div>
		</div>
	);
}

// What the conflict is about.
function about(op, lines) {
	if (lines.length === 0)
		return op.problem?.detail;
	const others = Object.keys(op.set ?? {}).length - lines.length;
	const both = `Both of you changed ${nameOf(op.collection, recordOf(op))}.`;
	return others > 0 ? `${both} The rest is merged already.` : both;
}

function Fields({ op, onClose }) {
	const form = definition(op.collection), lines = linesOf(form, op);
	const [choices, setChoices] = useState({});
	const isReady = isDecided(form, op, choices) && Object.values(choices).every(({ problem }) => !problem);
	const choose = (name, choice) => setChoices((was) => ({ ...was, [name]: choice }));
	const sideOf = (line, side) => [line.field.name, { kind: side, value: line[side] }];
	const all = (side) => setChoices(Object.fromEntries(lines.map((line) => sideOf(line, side))));
	const resolve = () => space.value.resolve(op.id, decisionOf(form, op, choices));
	const save = () => attempt(resolve, "Conflict resolved.", onClose);
	return (
		<div class="conflict stack">
			<p dir="auto">{about(op, lines)}</p>
			{lines.length > 1 && (
				<div class="flow">
					<Button small onClick={() => all("mine")}>Keep all mine</Button>
					<Button small onClick={() => all("theirs")}>Use all theirs</Button>
				</div>
			)}
			{lines.map((line) => (
				<Line key={line.field.name} form={form} line={line} op={op}
					choice={choices[line.field.name]}
					onChoose={(choice) => choose(line.field.name, choice)} />
			))}
			<div class="foot flow to-end">
				<Button kind="primary" disabled={!isReady} onClick={save}>Save</Button>
			</div>
		</div>
	);
}

function Settled({ onClose }) {
	const close = onClose && <Button onClick={onClose}>Close</Button>;
	return <Empty icon="good" text="Already resolved." action={close} />;
}

// They changed what this device deleted.
function Deleted({ op, them, name, onClose }) {
	const title = <><bdi>{them}</bdi> changed <bdi>{name}</bdi> before you deleted it.</>;
	return (
		<Whole op={op} onClose={onClose} title={title} text="Deleting can be undone from its history."
			again="Delete it anyway" leave="Keep it" />
	);
}

// They deleted what this device changed.
function Gone({ op, them, name, form, onClose }) {
	const title = <><bdi>{them}</bdi> deleted <bdi>{name}</bdi> before your change arrived.</>;
	const text = `Restoring the ${singularOf(form)} keeps what you wrote.`;
	return (
		<Whole op={op} onClose={onClose} title={title} text={text}
			again="Restore it" leave="Leave it deleted" />
	);
}

/** op: one in conflict, or its id. */
export function ConflictView({ op: given, onClose }) {
	const op = opsNow.value.find((one) => one.id === (given?.id ?? given));
	const form = op && definition(op.collection);
	if (!op || op.state !== "conflict" || !form || !op.conflict)
		return <Settled onClose={onClose} />;
	const name = nameOf(op.collection, recordOf(op)), kind = kindOf(op);
	const them = op.conflict.by ? capital(personName(op.conflict.by)) : "Somebody";
	if (kind === "delete")
		return <Deleted op={op} them={them} name={name} onClose={onClose} />;
	if (kind === "gone")
		return <Gone op={op} them={them} name={name} form={form} onClose={onClose} />;
	return <Fields key={op.id} op={op} onClose={onClose} />;
}
