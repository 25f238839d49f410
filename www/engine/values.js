// @ts-check
// Values of fields in the form in which the server keeps them, so that what a person saw can be compared with what is
// there.  An empty value is null or the default, an instant is in UTC with milliseconds, a place has six digits.

const PLACE_DIGITS = 6, ACCURACY_DIGITS = 1;

/** @typedef {import("./engine.d.ts").FieldDefinition} FieldDefinition */
/** @typedef {import("./engine.d.ts").Definition} Definition */
/** @typedef {import("./engine.d.ts").Fields} Fields */

/** The members of a record that are no fields of its collection. */
const RESERVED = new Set([
	"id", "version", "seq", "createdAt", "createdBy", "lastUpdatedAt", "lastUpdatedBy", "deleted",
]);

/** @param {unknown} value @param {number} digits */
function rounded(value, digits) {
	return typeof value === "number" ? Math.round(value * 10 ** digits) / 10 ** digits : value;
}

/** @param {any} place */
function canonicalPlace(place) {
	if (typeof place !== "object")
		return place;
	const { lat, lng, accuracy } = place;
	return {
		...(accuracy == null ? {} : { accuracy: rounded(accuracy, ACCURACY_DIGITS) }),
		lat: rounded(lat, PLACE_DIGITS),
		lng: rounded(lng, PLACE_DIGITS),
	};
}

/** @param {unknown} value */
function canonicalInstant(value) {
	const time = typeof value === "string" ? Date.parse(value) : NaN;
	return Number.isNaN(time) ? value : new Date(time).toISOString();
}

/** @param {unknown} value */
function isEmpty(value) {
	return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * The value as the server would keep it; null when empty.
 * @param {FieldDefinition | undefined} field @param {any} value @returns {any}
 */
export function canonical(field, value) {
	if (isEmpty(value))
		return field?.default ?? null;
	if (field?.type === "instant")
		return canonicalInstant(value);
	if (field?.type === "place")
		return canonicalPlace(value);
	if (field?.type === "file" && typeof value === "string")
		return value.toLowerCase();
	return value;
}

/**
 * As text for a natural id, or null.
 * @param {FieldDefinition | undefined} field @param {any} value @returns {string | null}
 */
export function plainText(field, value) {
	const kept = canonical(field, value);
	return kept === null ? null : typeof kept === "object" ? JSON.stringify(kept) : String(kept);
}

/** JSON with sorted keys. @param {any} value @returns {string} */
function sortedJson(value) {
	return JSON.stringify(value, (_, inner) => (inner && typeof inner === "object" && !Array.isArray(inner)
		? Object.fromEntries(Object.keys(inner).sort().map((key) => [key, inner[key]])) : inner));
}

/** @param {FieldDefinition | undefined} field @param {any} left @param {any} right */
export function isSame(field, left, right) {
	const a = canonical(field, left), b = canonical(field, right);
	return a === b || sortedJson(a) === sortedJson(b);
}

/** @param {Definition | undefined} definition @param {string} name */
export function fieldOf(definition, name) {
	return definition?.fields.find((field) => field.name === name);
}

/**
 * Which of the values differ from those of the record.
 * @param {Definition | undefined} definition @param {Fields} values @param {Fields | null | undefined} record
 */
export function differing(definition, values, record) {
	return Object.keys(values).filter((name) => !isSame(fieldOf(definition, name), values[name], record?.[name]));
}

/**
 * The fields of a record that a person can type: not those that the server adds or derives.
 * @param {Definition | undefined} definition @param {Fields} record @returns {Fields}
 */
export function ownFields(definition, record) {
	/** @type {Fields} */
	const fields = {};
	for (const [name, value] of Object.entries(record)) {
		const field = fieldOf(definition, name);
		if (field ? !field.derived && !field.retired : !definition && !RESERVED.has(name))
			fields[name] = value;
	}
	return fields;
}

/**
 * What somebody sees who deletes a record: the fields that a person can type, also those that are empty, and the owner.
 * @param {Definition | undefined} definition @param {Fields} record @returns {Fields}
 */
export function allFields(definition, record) {
	const own = (definition?.fields ?? []).filter((field) => !field.derived && !field.retired);
	const { owner } = record, empty = Object.fromEntries(own.map((field) => [field.name, null]));
	return { ...empty, ...ownFields(definition, record), ...(owner === undefined ? {} : { owner }) };
}

/**
 * The defaults of a definition, for fields that are absent.
 * @param {Definition | undefined} definition @returns {Fields}
 */
export function defaultsOf(definition) {
	/** @type {Fields} */
	const fields = {};
	for (const field of definition?.fields ?? [])
		if (field.default !== undefined && field.default !== null && !field.retired)
			fields[field.name] = field.default;
	return fields;
}
