// The value of a field as people read it.  No document.

import {
	capital, formatDate, formatDuration, formatInstant, formatMoney, formatNumber, formatPlace, formatTime,
} from "../ui/format.js";
import { isDuration, isPerson } from "./fields.js";

function padded(number, digits) {
	return String(number).padStart(digits, "0");
}

/** The day of an instant on this device; quicker than asking the zone data, for thousands of rows. */
export function localDay(instant) {
	const date = new Date(instant);
	return [padded(date.getFullYear(), 4), padded(date.getMonth() + 1, 2), padded(date.getDate(), 2)].join("-");
}

function withUnit(figure, unit) {
	return unit ? `${figure}\u00a0${unit}` : figure;
}

/** A choice as it is shown.  Choices of shipped definitions are in lower case; a space's own stay as they are. */
export function choiceWords(choice) {
	return capital(choice.replace(/^([a-z]+)-([a-z]+)$/, "$1 $2"));
}

/**
 * A value in words, "" when it is empty.  refTitle(collection, id) names the record a ref points to, personName(id) a
 * person.  currency and zone are those of the record or its space.
 */
export function formatValue(field, value, options = {}) {
	const { refTitle = (_, id) => id, personName = (id) => id, currency, zone, now } = options;
	if (value === undefined || value === null || value === "")
		return "";
	switch (field.type) {
	case "integer": return isDuration(field) ? formatDuration(value) : withUnit(formatNumber(value), field.unit);
	case "decimal": return withUnit(formatNumber(value, field.scale ?? 0), field.unit);
	case "money": return formatMoney(value, field.unit ?? currency);
	case "boolean": return value ? "Yes" : "No";
	case "date": return formatDate(value, { now });
	case "instant": return formatInstant(value, { zone, now });
	case "time": return formatTime(value);
	case "choice": return choiceWords(String(value));
	case "ref": return refTitle(field.ref, value);
	case "place": return formatPlace(value);
	case "list": return value.map(String).join(", ");
	case "file": return "A file";
	case "json": return JSON.stringify(value);
	default: return isPerson(field) ? personName(value) : String(value);
	}
}
