// A collection out to a file and in from one.  An import is looked at first (nothing is written) and then made with one key, so that
// pressing twice or losing the answer adds nothing twice.

import { path } from "./api.js";
import { newId } from "./ids.js";
import { isoDay } from "./format.js";

const TYPES = { csv: "text/csv", json: "application/json" };

// saveBlob(blob, name) hands a file to the person.
export function createFiles({ api, collectionOf, here, ui, changed, saveBlob, imported }) {
	async function exportFile(form) {
		const { name } = collectionOf(here());
		ui.problem = null;
		try {
			const { data } = await api.request("GET", `${path(name, "export")}?format=${form}`, { headers: { Accept: TYPES[form] }, blob: true });
			saveBlob(data, `${name}-${isoDay(Date.now())}.${form}`);
		} catch (error) {
			ui.problem = `Not exported: ${error.message}`;
		}
		changed();
	}

	async function send(run, dry) {
		const query = dry ? "?dry=1" : "";
		const { data } = await api.request("POST", path(run.collection, "import") + query, {
			raw: run.text, headers: { "Content-Type": TYPES.csv, ...(dry ? {} : { "Idempotency-Key": run.key }) },
		});
		return data;
	}

	async function attempt(run, dry) {
		Object.assign(run, { busy: true, problem: null, isDone: !dry });
		changed();
		try {
			run.report = await send(run, dry);
		} catch (error) {
			run.isDone = false;
			run.problem = `${dry ? "It cannot be imported" : "Not imported"}: ${error.message}`;
		}
		run.busy = false;
		changed();
	}

	async function importFile(input) {
		const file = input.files[0];
		if (!file)
			return;
		ui.problem = null;
		ui.import = { collection: here(), file: { name: file.name }, text: await file.arrayBuffer(), key: newId(), report: null };
		input.value = "";
		await attempt(ui.import, true);
	}

	async function importNow() {
		const run = ui.import;
		if (run.busy || run.isDone)
			return;
		await attempt(run, false);
		if (run.isDone)
			imported();
	}

	return { exportFile, importFile, importNow };
}
