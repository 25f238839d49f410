// The right input for a field of a definition.

import {
	ColourInput, DateInput, DurationInput, FileInput, InstantInput, ListInput, MoneyInput, NumberInput, Picker,
	PlaceInput, Segments, Select, TextInput, TimeInput, Toggle,
} from "../ui/index.js";
import { hasRole, rows, space, userId } from "../base/state.js";
import { ZonePicker } from "../base/zones.jsx";
import { choices, members, options, plan } from "./context.js";
import { canBeEmpty, isPast, widgetOf } from "./fields.js";
import { describeRow } from "./rows.js";
import { choiceWords } from "./values.js";

const METAS = 2; // texts beside the title of a record that is offered

// Of what they only oversee, people take nothing for records of their own.
function isForMe({ overseen }, { owner }) {
	return !overseen || hasRole("manager") || owner === userId.value;
}

// The records a reference may point to, as a Picker takes them.
function refOptions(collection, value) {
	const known = plan(collection), around = options();
	if (!known)
		return [];
	const { definition } = known;
	const isOffered = (record) => !isPast(definition, record) && isForMe(definition, record);
	const offered = rows(collection).value.filter((record) => record.id === value || isOffered(record));
	const choicesHere = offered.map((record) => {
		const { title, meta } = describeRow(known, record, around);
		return [record.id, definition.idLabel ? record.id : title, meta.slice(0, METAS).join(" · ")];
	});
	return choicesHere.sort((a, b) => a[1].localeCompare(b[1]));
}

function RefInput({ field, value, ...rest }) {
	const records = refOptions(field.ref, value);
	return <Picker {...rest} value={value} options={records} emptiable={!field.required} placeholder="Search…" />;
}

function NumberField({ field, ...rest }) {
	const scale = field.type === "decimal" ? field.scale ?? 0 : 0;
	return <NumberInput {...rest} scale={scale} min={field.min} max={field.max} />;
}

function TextField({ value, text, ...rest }) {
	return <TextInput {...rest} value={value ?? text ?? ""} />;
}

function PersonInput(properties) {
	return <Picker {...properties} options={members.value} placeholder="Search people…" />;
}

function FileField({ field, ...rest }) {
	const add = (blob) => space.value.addFile(blob), read = (name) => space.value.file(name);
	return <FileInput {...rest} label={field.label} add={add} read={read} />;
}

function ChoiceInput({ field, kind, value, ...rest }) {
	const list = choices(field).map((choice) => [choice, choiceWords(choice)]);
	if (kind === "colours")
		return <ColourInput {...rest} value={value} options={list} emptiable={canBeEmpty(field)} />;
	if (kind === "segments")
		return <Segments {...rest} value={value} options={list} emptiable={canBeEmpty(field)} />;
	return <Select {...rest} value={value} options={list} empty={canBeEmpty(field) ? "None" : undefined} />;
}

/** text: what was typed and could not be read, if value is undefined.  zone: the zone of the record's instants. */
export function Widget({ field, value, text, onInput, disabled, zone, autofocus }) {
	const shared = { value, onInput, disabled, name: field.name };
	const kind = widgetOf(field, choices(field));
	switch (kind) {
	case "duration": return <DurationInput {...shared} text={text} />;
	case "number": return <NumberField {...shared} field={field} text={text} />;
	case "money": return <MoneyInput {...shared} text={text} min={field.min} />;
	case "toggle": return <Toggle {...shared} />;
	case "date": return <DateInput {...shared} />;
	case "time": return <TimeInput {...shared} />;
	case "instant": return <InstantInput {...shared} zone={zone} />;
	case "segments":
	case "colours":
	case "choice": return <ChoiceInput {...shared} field={field} kind={kind} />;
	case "ref": return <RefInput {...shared} field={field} />;
	case "person": return <PersonInput {...shared} />;
	case "zone": return <ZonePicker {...shared} emptiable={!field.required} />;
	case "place": return <PlaceInput {...shared} text={text} />;
	case "file": return <FileField {...shared} field={field} />;
	case "list": return <ListInput {...shared} />;
	default: return <TextField {...shared} text={text} lines={kind === "lines"} autofocus={autofocus} />;
	}
}
