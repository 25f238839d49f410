// Export of a collection as a file.  It needs a connection.

import { toast } from "../ui/index.js";
import { dayIn, ownZone } from "../ui/zone.js";
import { saveFile } from "../base/save-file.js";
import { asShown } from "../base/answer.js";
import { definition, engine, space } from "../base/state.js";
import { shownInName } from "../base/zones.jsx";
import { hasOwners } from "./context.js";
import { exportQuery, onlyRecords, onlyRows } from "./export-file.js";
import { fieldsOf, hasOwnId } from "./fields.js";
import { TYPES } from "./import-file.js";
import { sentence } from "./import-way.js";

// The columns that a file for people has when none are named, as the server chooses them.
function exportedFields(collection) {
	const form = definition(collection), names = fieldsOf(form).filter(({ type }) => type !== "json");
	return [
		hasOwners(collection) && "owner", hasOwnId(form) && "id", ...names.map(({ name }) => name),
	].filter(Boolean);
}

// The columns without those that only the choice of records needs.
async function onlyShown(data, form, { ids, style, fields }) {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await data.arrayBuffer());
	const isAdded = style === "people" && !fields.includes("id");
	const kept = form === "json" ? onlyRecords(text, ids) : onlyRows(text, ids, isAdded);
	return new Blob([kept], { type: TYPES[form] });
}

/**
 * Saves records as a file.  form: "csv" or "json".  shown: what exportQuery takes (style, filters, owner, where,
 * fields), ids: of the records that are shown, if not all are, and name: of the file, without its ending.
 */
export async function exportRecords(collection, form = "csv", { ids, name, style = "programs", ...shown } = {}) {
	const usual = shownInName() ? collection : `${collection}-${dayIn(ownZone(), engine.now())}`;
	const file = `${name ?? usual}${shownInName()}.${form}`;
	const people = style === "people" && form === "csv";
	const fields = shown.fields ?? (ids && people ? exportedFields(collection) : null);
	const query = exportQuery({ ...shown, form, style, fields, ids: Boolean(ids) });
	try {
		const options = { headers: { Accept: TYPES[form] }, blob: true };
		const { data } = await space.value.request("GET", asShown(`/${collection}/export?${query}`), options);
		saveFile(ids ? await onlyShown(data, form, { ids, style, fields }) : data, file);
		toast(`${definition(collection)?.label ?? "Records"} saved as a file.`, { kind: "good" });
	} catch (error) {
		toast(`Not exported. ${sentence(error)}`, { kind: "bad" });
	}
}
