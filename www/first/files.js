// A collection out to a file and in from one.  An import is looked at first (nothing is written) and then made; the server knows a file it
// has seen by its content, so pressing twice or losing the answer adds nothing twice.

import { path } from "./api.js";
import { guess, headerOf, mapOf, missingOf } from "./columns.js";
import { isoDay } from "./format.js";

const TYPES = { csv: "text/csv", json: "application/json" };

// saveBlob(blob, name) hands a file to the person; here() names the collection on the page; imported() is called after a change.
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

	// run.step: "choosing" columns, "looking", "looked" (report says what would come), "importing", "imported"
	async function send(run, isDry) {
		const query = new URLSearchParams({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
		const map = mapOf(run.definition, run.headers, run.choice);
		if (map)
			query.set("map", map);
		if (run.dates)
			query.set("dates", run.dates);
		if (isDry)
			query.set("dryRun", "1");
		// Bad rows are left out only by the person's word; a look shows what the others would come to either way.
		if (run.skipBad || isDry)
			query.set("skipBad", "1");
		const { data } = await api.request("POST", `${path(run.definition.name, "import")}?${query}`, { raw: run.bytes, headers: { "Content-Type": TYPES.csv } });
		return data;
	}

	async function attempt(run, isDry) {
		Object.assign(run, { step: isDry ? "looking" : "importing", problem: null, needsDates: false });
		changed();
		try {
			do
				run.report = await send(run, isDry);
			while (run.report.more);
			run.step = isDry ? "looked" : "imported";
			if (!isDry)
				imported();
		} catch (error) {
			run.needsDates = error.field === "dates";
			run.problem = run.needsDates ? "Some dates can be read in two ways. Which comes first?" : `${isDry ? "It cannot be imported like this" : "Not imported"}: ${error.message}`;
			run.step = isDry ? "choosing" : "looked";
		}
		changed();
	}

	async function importFile(input) {
		const file = input.files[0];
		if (!file)
			return;
		ui.problem = null;
		const bytes = await file.arrayBuffer();
		const definition = collectionOf(here());
		const headers = headerOf(new TextDecoder().decode(bytes.slice(0, 65_536)));
		const choice = guess(definition, headers);
		const run = { definition, file: file.name, bytes, headers, choice, dates: "", needsDates: false, skipBad: false, step: "choosing", problem: null, report: null };
		ui.import = run;
		input.value = "";
		changed();
		if (missingOf(definition, choice).length === 0)
			await attempt(run, true);
	}

	function chooseColumn(target, header) {
		ui.import.choice[target] = header;
		Object.assign(ui.import, { step: "choosing", report: null, problem: null });
		changed();
	}

	function chooseOthers() {
		Object.assign(ui.import, { step: "choosing", report: null, problem: null });
		changed();
	}

	async function chooseDates(order) {
		ui.import.dates = order;
		await attempt(ui.import, true);
	}

	function chooseSkip(skip) {
		ui.import.skipBad = skip;
		changed();
	}

	return {
		exportFile, importFile, chooseColumn, chooseOthers, chooseDates, chooseSkip,
		importLook: () => attempt(ui.import, true),
		importNow: () => attempt(ui.import, false),
		importClose() { ui.import = null; changed(); },
	};
}
