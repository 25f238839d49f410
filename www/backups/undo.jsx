// Undoing what one person, device, program or file did in a span of time: chosen, looked at, done, and with an Undo of
// its own.

import { useState } from "preact/hooks";
import { Button, Field, InstantInput, Notice, Segments, Select, formatAgo } from "../ui/index.js";
import { ownZone } from "../ui/zone.js";
import { useAsked } from "../base/asked.js";
import { definitions, engine, hasRole, rows, space, spaceInfo, userId } from "../base/state.js";
import { useTask } from "../base/task.js";
import { namedZone } from "../base/zones.jsx";
import { ListsChoice } from "./lists.jsx";
import { auditOf, undoAll, undoCause, undoSpan } from "./requests.js";
import { SPANS, devicesIn, instantsOf, problemWithSpan, requestOf } from "./span.js";
import { UndoPreview } from "./undo-preview.jsx";
import { failureWords, plural } from "./words.js";

const EVERYONE = "";

function WhoChoice({ value, onInput }) {
	const others = rows("members").value.filter(({ id }) => id !== userId.value);
	const people = others.map(({ id, name }) => [id, name ?? id]).sort((a, b) => a[1].localeCompare(b[1]));
	const options = [[userId.value, "You"], ...people, [EVERYONE, "Everyone"]];
	return <Field label="Changes by"><Select value={value} options={options} onInput={onInput} /></Field>;
}

// API tokens are the person's own, so they are offered for their own changes.
async function tokensHere() {
	const { data } = await engine.request("GET", "/auth/tokens");
	return data.tokens.filter((one) => one.space === space.value.id);
}

const importOption = ({ id, file, at }) => [`import/${id}`, `Import of ${file ?? "a file"}, ${formatAgo(at)}`];

// The names of devices that this person may know: their own, and for managers the shared handhelds.
async function namesOfDevices(isMine) {
	const asked = [
		isMine && engine.request("GET", "/devices").then(({ data }) => data.devices),
		hasRole("manager") && spaceInfo.value.kind === "team" &&
			space.value.request("GET", "/handhelds").then(({ data }) => data.handhelds),
	];
	const lists = await Promise.all(asked.map((one) => Promise.resolve(one || []).catch(() => [])));
	return new Map(lists.flat().map(({ id, deviceId, name }) => [deviceId ?? id, name]));
}

// The devices with which a person wrote in the span, as the history of the space has them.
async function devicesOf(by, span) {
	const [{ rows: written, isCut }, names] = await Promise.all([
		auditOf(by, span), namesOfDevices(by === userId.value),
	]);
	const named = (one, at) => ({ ...one, name: names.get(one.id) ?? `Device ${at + 1}` });
	return { isCut, devices: devicesIn(written).map(named) };
}

// A device without a name is known by when it was used and how much.
function deviceOption({ id, name, at, changes }) {
	const isThis = id === engine.device.id;
	const words = `${isThis ? "This device" : name}: ${plural(changes, "change")}, last ${formatAgo(at)}`;
	return [`device/${id}`, words];
}

const CUT = "Only the devices of the latest changes are listed. Choose a shorter time to see others.";

function SourceChoice({ by, span, value, onInput }) {
	const isMine = by === userId.value, { from, to } = span;
	const { data: tokens } = useAsked(() => (isMine ? tokensHere() : Promise.resolve([])), isMine);
	const find = async () => (by && from ? devicesOf(by, { from, to }) : { devices: [], isCut: false });
	const { data: found } = useAsked(find, by, from, to);
	const devices = (found?.devices ?? []).map(deviceOption), here = `device/${engine.device.id}`;
	const isElsewhere = value.startsWith("device/") && value !== here && !devices.some(([key]) => key === value);
	const isHereToo = isMine && !devices.some(([key]) => key === here);
	const imports = rows("imports").value.filter((one) => one.state !== "takenBack" && (!by || one.owner === by));
	const options = [
		["", "Anything"],
		...(isHereToo ? [[here, "This device"]] : []), ...devices,
		...(isElsewhere ? [[value, "The device chosen before"]] : []),
		...(tokens ?? []).map(({ id, name }) => [`token/${id}`, `API token “${name}”`]),
		...imports.map(importOption),
	];
	return (
		<Field label="Made with" help={found?.isCut ? CUT : undefined}>
			<Select value={value} options={options} onInput={onInput} />
		</Field>
	);
}

function OwnSpan({ choice, zone, put }) {
	return (
		<div class="pair">
			<Field label="From">
				<InstantInput value={choice.from} zone={zone} onInput={put("from")} />
			</Field>
			<Field label="To" help="Empty: until now">
				<InstantInput value={choice.to} zone={zone} onInput={put("to")} />
			</Field>
		</div>
	);
}

function Choices({ choice, onInput, zone }) {
	const put = (name) => (value) => onInput({ ...choice, [name]: value ?? null });
	const who = (by) => onInput({ ...choice, by: by ?? EVERYONE, source: "" });
	const names = definitions.value.filter(({ may }) => hasRole(may?.update ?? "owner")).map(({ name }) => name);
	const [now] = useState(() => engine.now()), chosen = choice.collections.length;
	const span = instantsOf(choice.span, { now, zone, from: choice.from, to: choice.to });
	const listWords = chosen === 0 ? "In all lists" : `Only in ${plural(chosen, "list")}`;
	return (
		<div class="stack">
			{hasRole("manager") && spaceInfo.value.kind === "team" && (
				<WhoChoice value={choice.by} onInput={who} />
			)}
			<Field label="When">
				<Segments value={choice.span} options={SPANS} onInput={put("span")} />
			</Field>
			{choice.span === "own" && <OwnSpan choice={choice} zone={zone} put={put} />}
			<SourceChoice by={choice.by} span={span} value={choice.source} onInput={put("source")} />
			<ListsChoice
				names={names} chosen={choice.collections} onInput={put("collections")}
				about="Only in these lists" words={listWords}
			/>
		</div>
	);
}

function Done({ done, onAgain }) {
	const redo = () => undoCause(done.cause, "The changes are back.", "Couldn’t bring them back.");
	const back = done.cause && <Button small icon="undo" onClick={redo}>Undo</Button>;
	return (
		<div class="stack">
			<Notice kind="good" action={back}>{plural(done.undone, "change")} undone.</Notice>
			<div><Button onClick={onAgain}>Undo something else</Button></div>
		</div>
	);
}

const START = () => ({ by: userId.value, source: "", span: "hour", from: null, to: null, collections: [] });

export default function Undo() {
	const [choice, setChoice] = useState(START);
	const [looked, setLooked] = useState(null), [done, setDone] = useState(null);
	const looking = useTask(), writing = useTask(), zone = namedZone.value ?? ownZone();
	const change = (next) => {
		setChoice(next);
		setLooked(null);
		looking.forget();
	};
	const look = (event) => {
		event.preventDefault();
		return looking.run(async () => {
			// What is done after the preview is not undone.
			const body = requestOf(choice, { now: engine.now(), zone });
			const wrong = choice.span === "own" && problemWithSpan(body);
			if (wrong)
				throw Object.assign(new Error(wrong), { status: 400 });
			const span = { to: new Date(engine.now()).toISOString(), ...body };
			setLooked({ body: span, undo: (await undoSpan({ ...span, dryRun: true })).undo });
		});
	};
	const go = () => writing.run(async () => {
		setDone(await undoAll(looked.body));
		setLooked(null);
		space.value.sync(); // it is done, whenever this device hears of it
	});
	if (done)
		return <Done done={done} onAgain={() => setDone(null)} />;
	return (
		<form class="stack gap-6 group" onSubmit={look} noValidate>
			<p class="hint">
				Undoes many changes at once, such as a wrong import or a morning’s mistakes. You
				see what would change first, and the undo can itself be undone.
			</p>
			<Choices choice={choice} onInput={change} zone={zone} />
			{looking.error && <Notice kind="bad">{failureWords(looking.error)}</Notice>}
			{!looked && (
				<div>
					<Button kind="primary" type="submit" icon="eye" busy={looking.busy}>
						Preview
					</Button>
				</div>
			)}
			{looked && <UndoPreview undo={looked.undo} />}
			{writing.error && <Notice kind="bad">{failureWords(writing.error)}</Notice>}
			{looked?.undo.undone > 0 && (
				<div>
					<Button kind="danger" icon="undo" busy={writing.busy} onClick={go}>
						Undo {plural(looked.undo.undone, "change")}
					</Button>
				</div>
			)}
		</form>
	);
}
