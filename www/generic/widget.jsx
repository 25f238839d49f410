// The right input for a field of a definition.

import { DateInput, DurationInput, FileInput, InstantInput, ListInput, MoneyInput, NumberInput, Picker, PlaceInput, Segments, Select, TextInput, TimeInput, Toggle } from "../ui/index.js";
import { rows, space } from "../base/state.js";
import { choices, members, options, plan } from "./context.js";
import { canBeEmpty, isPast, widgetOf } from "./fields.js";
import { describeRow } from "./rows.js";
import { choiceWords } from "./values.js";

function refOptions(collection, value) {
	const known = plan(collection), around = options();
	if (!known)
		return [];
	return rows(collection).value.filter((record) => record.id === value || !isPast(known.definition, record)).map((record) => {
		const { title, meta } = describeRow(known, record, around);
		return [record.id, known.definition.idLabel ? record.id : title, meta.slice(0, 2).join(" · ")];
	}).sort((a, b) => a[1].localeCompare(b[1]));
}

let zones = null;

function zoneOptions() {
	zones ??= (Intl.supportedValuesOf?.("timeZone") ?? []).map((name) => [name, name.replaceAll("_", " ")]);
	return [["UTC", "UTC"], ...zones];
}

function RefInput({ field, value, ...rest }) {
	return <Picker {...rest} value={value} options={refOptions(field.ref, value)} emptiable={!field.required} placeholder="Search…" />;
}

function ChoiceInput({ field, kind, value, ...rest }) {
	const list = choices(field).map((choice) => [choice, choiceWords(choice)]);
	if (kind === "segments")
		return <Segments {...rest} value={value} options={list} emptiable={canBeEmpty(field)} />;
	return <Select {...rest} value={value} options={list} empty={canBeEmpty(field) ? "None" : undefined} />;
}

/** value undefined with text: what was typed and cannot be read.  zone: of the record's instants. */
export function Widget({ field, value, text, onInput, disabled, zone, autofocus }) {
	const shared = { value, onInput, disabled, name: field.name };
	const kind = widgetOf(field, choices(field));
	switch (kind) {
	case "duration": return <DurationInput {...shared} text={text} />;
	case "number": return <NumberInput {...shared} text={text} scale={field.type === "decimal" ? field.scale ?? 0 : 0} min={field.min} max={field.max} />;
	case "money": return <MoneyInput {...shared} text={text} min={field.min} />;
	case "toggle": return <Toggle {...shared} />;
	case "date": return <DateInput {...shared} />;
	case "time": return <TimeInput {...shared} />;
	case "instant": return <InstantInput {...shared} zone={zone} />;
	case "segments":
	case "choice": return <ChoiceInput {...shared} field={field} kind={kind} />;
	case "ref": return <RefInput {...shared} field={field} />;
	case "person": return <Picker {...shared} options={members.value} placeholder="Search people…" />;
	case "zone": return <Picker {...shared} options={zoneOptions()} emptiable={!field.required} placeholder="Search, as Berlin" />;
	case "place": return <PlaceInput {...shared} text={text} />;
	case "file": return <FileInput {...shared} label={field.label} add={(blob) => space.value.addFile(blob)} read={(name) => space.value.file(name)} />;
	case "list": return <ListInput {...shared} />;
	default: return <TextInput {...shared} value={value ?? text ?? ""} lines={kind === "lines"} autofocus={autofocus} />;
	}
}
