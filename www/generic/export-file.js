// The request of an export, and what becomes of its answer.  What is shown is what is exported: the server leaves out
// what filters leave out, and of what it sends, the records that the list does not show are dropped here, because a
// search finds more than the server's.  No document.

// Filters as the server takes them: the values of a field are alternatives.  It compares no lists and no values with a
// comma; their records are chosen here.
function filtersToSend(filters) {
	const values = new Map();
	for (const { field, value } of filters.filter((one) => one.field.type !== "list"))
		values.set(field.name, [...values.get(field.name) ?? [], String(value)]);
	return [...values].filter(([, all]) => !all.some((one) => one.includes(",")))
		.map(([name, all]) => [name, `in.${all.join(",")}`]);
}

/**
 * The query of an export.  form: "csv" or "json".  style: "people" or "programs".  fields: names of columns, else all.
 * where: further filters, field → value.  ids: whether the id has to come first, because records are chosen by it.
 */
export function exportQuery({ form, style, filters = [], owner = null, where = {}, fields = null, ids = false }) {
	const all = [["format", form]];
	if (form === "csv")
		all.push(["style", style]);
	if (fields && form === "csv")
		all.push(["fields", (ids ? ["id", ...fields.filter((name) => name !== "id")] : fields).join(",")]);
	all.push(...filtersToSend(filters), ...Object.entries(where).flatMap(([name, values]) =>
		[values].flat().map((value) => [name, value])));
	if (owner)
		all.push(["owner", owner]);
	return new URLSearchParams(all).toString();
}

// The rows of a CSV as they are written, each with its line break.
function rawRows(text) {
	const rows = [];
	let from = 0, isQuoted = false;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === '"')
			isQuoted = !isQuoted;
		if (text[at] === "\n" && !isQuoted) {
			rows.push(text.slice(from, at + 1));
			from = at + 1;
		}
	}
	return from < text.length ? [...rows, text.slice(from)] : rows;
}

/**
 * The CSV with the rows of these records alone.  Its first column is the id; drop: without that column.
 */
export function onlyRows(text, ids, drop = false) {
	const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "", [head, ...rows] = rawRows(text.slice(mark.length));
	const without = (row) => (drop ? row.slice(row.indexOf(",") + 1) : row);
	const idOf = (row) => row.slice(0, row.indexOf(","));
	return mark + [head, ...rows.filter((row) => ids.has(idOf(row)))].map(without).join("");
}

/** The records of an exported array that have one of these ids, as text. */
export function onlyRecords(text, ids) {
	return JSON.stringify(JSON.parse(text).filter(({ id }) => ids.has(id)), null, "\t") + "\n";
}
