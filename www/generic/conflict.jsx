// Two people changed the same: one line a field, what it was, yours and theirs.  A press takes a side; anything else can be typed; a text
// may keep both.  What nobody disputes is merged already.

import { useState } from "preact/hooks";
import { Button, Empty, Field, Icon, formatAgo, toast } from "../ui/index.js";
import { definition, engine, ops, personName, space } from "../base/state.js";
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
		<button type="button" class="side stack gap-1" aria-pressed={isOn ? "true" : "false"} onClick={onPick}>
			<span class="side-head line ends small medium muted"><span>{title}</span>{isOn && <Icon name="check" size={16} />}</span>
			<bdi class="side-text clamp as-typed medium">{text}</bdi>
			{meta && <small>{meta}</small>}
		</button>
	);
}

function Line({ form, line, op, choice, onChoose }) {
	const { field, before, mine, theirs } = line;
	const zone = zoneOf(form, op.set) ?? zoneOf(form, op.conflict.current);
	const both = bothOf(field, mine, theirs);
	const kind = choice?.kind;
	const problem = kind === "other" && choice.value !== undefined && choice.value !== null ? valueProblem(field, choice.value) : choice?.problem;
	return (
		<fieldset class="dispute stack gap-2">
			<legend>{field.label}</legend>
			<p class="hint">Before: <bdi class="as-typed">{words(field, before, zone)}</bdi></p>
			<div class="pair gap-2">
				<Side title="Yours" meta={`you, ${formatAgo(op.at)}, ${engine.device.name || "this device"}`} text={words(field, mine, zone)} isOn={kind === "mine"} onPick={() => onChoose({ kind: "mine", value: mine })} />
				<Side title="Theirs" meta={op.conflict.by && `${personName(op.conflict.by) === "you" ? "you, on another device" : personName(op.conflict.by)}${op.conflict.at ? `, ${formatAgo(op.conflict.at)}` : ""}`} text={words(field, theirs, zone)}
					isOn={kind === "theirs"} onPick={() => onChoose({ kind: "theirs", value: theirs })} />
			</div>
			<div class="dispute-more flow">
				{both && <Button small icon={kind === "both" ? "check" : undefined} aria-pressed={kind === "both" ? "true" : "false"} onClick={() => onChoose({ kind: "both", value: both })}>Keep both</Button>}
				<Button small kind="quiet" icon="pencil" aria-pressed={kind === "other" ? "true" : "false"} onClick={() => onChoose({ kind: "other", value: choice?.value ?? mine })}>Something else</Button>
			</div>
			{kind === "other" && (
				<Field label={`${field.label} shall be`} unit={field.unit} problem={problem}>
					<Widget field={field} value={choice.problem ? undefined : choice.value} text={choice.text} zone={zone} onInput={(value, text, wrong) => onChoose({ kind: "other", value, text, problem: value === undefined ? wrong : undefined })} />
				</Field>
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
	return (
		<div class="conflict stack">
			<p>{title}</p>
			<p class="hint">{text}</p>
			<div class="foot">
				<Button onClick={() => attempt(() => space.value.discard(op.id), "Left as it is.", onClose)}>{leave}</Button>
				<Button kind="primary" onClick={() => attempt(() => space.value.retry(op.id), "Decided.", onClose)}>{again}</Button>
			</div>
		</div>
	);
}

function Fields({ op, onClose }) {
	const form = definition(op.collection), lines = linesOf(form, op);
	const [choices, setChoices] = useState({});
	const others = Object.keys(op.set ?? {}).length - lines.length;
	const isReady = isDecided(form, op, choices) && Object.values(choices).every(({ problem }) => !problem);
	const all = (side) => setChoices(Object.fromEntries(lines.map((line) => [line.field.name, { kind: side, value: line[side] }])));
	const save = () => attempt(() => space.value.resolve(op.id, decisionOf(form, op, choices)), "Decided.", onClose);
	return (
		<div class="conflict stack">
			<p dir="auto">{lines.length > 0 ? `Both of you changed ${nameOf(op.collection, recordOf(op))}.` : op.problem?.detail} {lines.length > 0 && others > 0 ? "The rest is merged already." : ""}</p>
			{lines.length > 1 && (
				<div class="flow">
					<Button small onClick={() => all("mine")}>All yours</Button>
					<Button small onClick={() => all("theirs")}>All theirs</Button>
				</div>
			)}
			{lines.map((line) => <Line key={line.field.name} form={form} line={line} op={op} choice={choices[line.field.name]} onChoose={(choice) => setChoices((was) => ({ ...was, [line.field.name]: choice }))} />)}
			<div class="foot">
				<Button kind="primary" disabled={!isReady} onClick={save}>Use this</Button>
			</div>
		</div>
	);
}

/** op: one in conflict, or its id. */
export function ConflictView({ op: given, onClose }) {
	const op = ops.value.find((one) => one.id === (given?.id ?? given));
	const form = op && definition(op.collection);
	if (!op || op.state !== "conflict" || !form || !op.conflict)
		return <Empty icon="good" text="There is nothing left to decide here." action={onClose && <Button onClick={onClose}>Close</Button>} />;
	const name = nameOf(op.collection, recordOf(op)), kind = kindOf(op);
	const them = op.conflict.by ? capital(personName(op.conflict.by)) : "Somebody";
	if (kind === "delete")
		return <Whole op={op} onClose={onClose} title={<><bdi>{them}</bdi> changed <bdi>{name}</bdi> before you deleted it.</>} text="Deleting can be undone from its history." again="Delete it anyway" leave="Keep it" />;
	if (kind === "gone")
		return <Whole op={op} onClose={onClose} title={<><bdi>{them}</bdi> deleted <bdi>{name}</bdi> before your change arrived.</>} text={`Bringing the ${singularOf(form)} back keeps what you wrote.`} again="Bring it back" leave="Leave it deleted" />;
	return <Fields key={op.id} op={op} onClose={onClose} />;
}

