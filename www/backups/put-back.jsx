// What this device kept when the server's past became another one: each copy beside what the server has now, and a way
// to have it again.  Putting back is a write like any other: it waits for the server, and can be undone.

import { useState } from "preact/hooks";
import { Button, Empty, Sheet, Tag, Waiting, formatNumber } from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { definition, mayNow, opsNow, personName, space, status, userId } from "../base/state.js";
import { writeUndoably } from "../base/write.js";
import { formatValue } from "../generic/values.js";
import { mayAssign, mayDo, nameOf, options } from "../generic/context.js";
import { capital } from "../ui/format.js";
import { differences, toPutBack } from "./put-back.js";

const SHOWN = 50; // copies before somebody asks for more

function Side({ label, children }) {
	return <div><dt class="hint">{label}</dt><dd class="as-typed" dir="auto">{children}</dd></div>;
}

const valueWords = (field, value) => formatValue(field, value, options()) || <em>empty</em>;

function Difference({ field, kept, now, isGone }) {
	return (
		<li class="stack gap-1">
			<b class="small">{field.label}</b>
			<dl class="kept-sides">
				<Side label="This device">{valueWords(field, kept)}</Side>
				{!isGone && <Side label="Server now">{valueWords(field, now)}</Side>}
			</dl>
		</li>
	);
}

// Writes the copy again, as the person at the device.
async function putBack(form, one) {
	const { collection, id, record, now } = one, title = nameOf(collection, record);
	const values = toPutBack(form, one), label = `${title} put back`;
	const isOthers = record.owner && record.owner !== userId.value && mayAssign(collection);
	return writeUndoably(`${title} put back.`, (here) => (now
		? here.set(collection, id, values, { label, seen: { version: now.version, fields: now } })
		: here.create(collection, isOthers ? { ...values, owner: record.owner } : values, { id, label })));
}

const STATES = {
	conflict: <Tag kind="warn" icon="swap">Conflict</Tag>, rejected: <Tag kind="bad" icon="bad">Failed</Tag>,
};

// What can be done with a copy, or what has become of putting it back.
function Action({ form, one }) {
	const [busy, setBusy] = useState(false), { collection, id, record, now } = one;
	const op = opsNow.value.find((other) => other.collection === collection && other.record === id);
	const isAllowed = mayDo(now ? "update" : "create", collection, now ?? record, mayNow);
	if (op)
		return STATES[op.state] ?? <Tag icon="sync">Waiting</Tag>;
	if (!isAllowed)
		return <span class="hint">Your role can’t change it.</span>;
	if (!toPutBack(form, one))
		return <span class="hint">Only what Daybook computes differs.</span>;
	const put = async () => {
		setBusy(true);
		await putBack(form, one);
		setBusy(false);
	};
	return <Button small kind="primary" icon="undo" busy={busy} onClick={put}>Put back</Button>;
}

function Copy({ one }) {
	const { collection, record, now } = one, form = definition(collection);
	const whose = record.owner && record.owner !== userId.value ? ` · ${capital(personName(record.owner))}` : "";
	return (
		<li class="group stack gap-3" data-id={one.id}>
			<div class="flow gap-3 ends">
				<h3 dir="auto">{nameOf(collection, record)}</h3>
				<Action form={form} one={one} />
			</div>
			<p class="hint">{form.label}{whose}{!now && " · The server doesn’t have it"}</p>
			<ul class="stack gap-3" role="list">
				{differences(form, one).map((line) => (
					<Difference key={line.field.name} {...line} isGone={!now} />
				))}
			</ul>
		</li>
	);
}

/** The sheet with all copies of the space on the screen. */
export default function PutBack({ onClose }) {
	const [most, setMost] = useState(SHOWN), here = space.value;
	const { data } = useAsked(() => here.before(), here.id, status.value?.past?.kept, opsNow.value);
	const known = (data ?? []).filter(({ collection }) => definition(collection));
	return (
		<Sheet title="Kept copies" onClose={onClose}>
			<div class="stack gap-5">
				<p class="hint">
					What this device had before the server’s history changed. Putting a copy back is
					a change by you, and can be undone.
				</p>
				{!data && <Waiting rows={3} />}
				{data && known.length === 0 && (
					<Empty icon="good" text="The server has everything that this device had." />
				)}
				<ul class="stack gap-6" role="list">
					{known.slice(0, most).map((one) => (
						<Copy key={`${one.collection}/${one.id}`} one={one} />
					))}
				</ul>
				{known.length > most && (
					<Button onClick={() => setMost(most + SHOWN)}>
						Show more of {formatNumber(known.length)}
					</Button>
				)}
			</div>
		</Sheet>
	);
}
