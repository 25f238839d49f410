// Changes a field of several records at once, as one edit that can be taken back.

import { useState } from "preact/hooks";
import { Button, Field, Select, Sheet, formatNumber, undoable } from "../ui/index.js";
import { space } from "../base/state.js";
import { write } from "../base/write.js";
import { count } from "../base/words.js";
import { zone as ownZone } from "../base/zones.jsx";
import { singularOf, zoneOf } from "./fields.js";
import { fieldsForSeveral, setFor, severalProblem } from "./several.js";
import { Widget } from "./widget.jsx";

// One after another until this device cannot store an op.  Resolves to the ops that were written.
async function changeAll(known, records, field, value) {
	const { definition } = known, done = [];
	for (const record of records) {
		const zone = zoneOf(definition, record) ?? ownZone.value;
		const set = setFor(known, field, value, record, zone);
		const op = set && await write(() => space.value.set(definition.name, record.id, set), "all of it");
		if (set && !op)
			break;
		if (op)
			done.push(op);
	}
	return done;
}

async function takeBack(ops) {
	for (const op of [...ops].reverse())
		await write(() => space.value.undo(op.edit));
}

/** known: of planOf.  records: those that the person may change.  onDone: they have been changed. */
export function ChangeSeveral({ known, records, onDone, onClose }) {
	const fields = fieldsForSeveral(known);
	const [name, setName] = useState(null), [value, setValue] = useState(null), [tried, setTried] = useState(false);
	const [busy, setBusy] = useState(false);
	const field = fields.find((one) => one.name === name), problem = field ? severalProblem(field, value) : null;
	const what = count(records.length, singularOf(known.definition), known.definition.label.toLowerCase());
	const choose = (next) => {
		setName(next);
		setValue(null);
		setTried(false);
	};
	const save = async (event) => {
		event.preventDefault();
		setTried(true);
		if (!field || problem || busy)
			return;
		setBusy(true);
		const done = await changeAll(known, records, field, value);
		setBusy(false);
		if (done.length > 0)
			undoable(`${formatNumber(done.length)} changed.`, () => takeBack(done));
		onDone();
	};
	return (
		<Sheet
			title={`Change ${what}`} onClose={onClose}
			actions={(
				<Button kind="primary" wide type="submit" form="several" disabled={!field} busy={busy}>
					Change {formatNumber(records.length)}
				</Button>
			)}
		>
			<form id="several" class="stack" onSubmit={save} noValidate>
				<Field label="What to change">
					<Select
						value={name} empty="Choose a field" onInput={choose}
						options={fields.map((one) => [one.name, one.label ?? one.name])}
					/>
				</Field>
				{field && (
					<Field
						key={field.name} label={field.label ?? field.name}
						problem={tried ? problem : undefined}
					>
						<Widget
							field={field} value={value}
							onInput={(next) => setValue(next ?? null)}
						/>
					</Field>
				)}
			</form>
		</Sheet>
	);
}
