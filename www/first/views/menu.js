// A collection as a file: out as CSV or JSON, and in from CSV.

import { h } from "../html.js";
import { icon } from "../icons.js";
import { missingOf, targetsOf } from "../columns.js";
import { formatCount } from "../format.js";

const DATES = [["mdy", "Month 11/21/2026"], ["dmy", "Day 21/11/2026"], ["ymd", "Year 2026/11/21"]];

function columnChoice(app, run, target) {
	const id = "column-" + target.name;
	return h("div", { class: "column", key: target.name },
		h("label", { for: id }, target.label, target.required && h("span", { class: "note" }, "Required")),
		h("div", { class: "field" },
			h("select", { id, value: run.choice[target.name], onchange: (event) => app.chooseColumn(target.name, event.target.value) },
				h("option", { value: "", key: "" }, "—"),
				run.headers.map((header) => h("option", { value: header, key: header }, header)))));
}

function choosing(app, run) {
	const missing = missingOf(run.definition, run.choice);
	return [
		run.needsDates && h("div", { class: "acts stacked", key: "dates" }, DATES.map(([order, label]) =>
			h("button", { class: "button", type: "button", key: order, onclick: () => app.chooseDates(order) }, label))),
		h("h3", { key: "title" }, "Which column is what?"),
		h("div", { class: "columns", key: "columns" }, targetsOf(run.definition).map((target) => columnChoice(app, run, target))),
		h("button", { class: "button primary wide", type: "button", key: "look", disabled: missing.length > 0, onclick: () => app.importLook() },
			missing.length > 0 ? `${missing[0].label} needs a column` : "Look at the file"),
		h("p", { class: "help", key: "safe" }, "Nothing is written by looking."),
	];
}

function count(label, number) {
	return number > 0 && h("div", { class: "fact", key: label }, h("dt", null, label), h("dd", null, formatCount(number)));
}

function badRows(app, run) {
	const { report } = run;
	return [
		h("ul", { class: "bad-rows", key: "rows" }, report.errors.slice(0, 20).map((error, i) => h("li", { key: i },
			h("strong", null, `Line ${error.line}`), ` ${error.detail}`, error.value && h("span", { class: "help" }, ` “${error.value}”`)))),
		run.step === "looked" && h("label", { class: "check", key: "skip" },
			h("input", { type: "checkbox", checked: run.skipBad, onchange: (event) => app.chooseSkip(event.target.checked) }),
			`Leave out ${report.bad === 1 ? "this row" : `these ${formatCount(report.bad)} rows`}`),
	];
}

function report(app, run) {
	const { report: found, step } = run;
	const isDone = step === "imported";
	const writes = found.created + found.updated;
	return [
		h("p", { key: "what", role: "status" }, h("strong", null, isDone ? "Imported." : "This would come of it:")),
		h("dl", { class: "facts", key: "facts" },
			count("Rows in the file", found.rows), count("New", found.created), count("Changed", found.updated), count("There already", found.unchanged),
			count("Deleted here, left so", found.deleted), count(isDone ? "Left out" : "Not readable", found.bad)),
		found.notes.filter((note) => !/again=1|Idempotency/.test(note)).map((note) => h("p", { class: "help", key: note }, note)),
		found.bad > 0 && badRows(app, run),
		!isDone && h("button", { class: "button primary wide", type: "button", key: "now", disabled: writes === 0 || (found.bad > 0 && !run.skipBad), onclick: () => app.importNow() },
			writes === 0 ? "Nothing to import" : `Import ${formatCount(writes)}`),
		!isDone && h("button", { class: "button quiet wide", type: "button", key: "columns", onclick: () => app.chooseOthers() }, "Choose other columns"),
		isDone && h("button", { class: "button primary wide", type: "button", key: "done", onclick: () => app.closeSheet() }, "Done"),
	];
}

function importView(app, run) {
	return [
		h("p", { class: "who", key: "file" }, h("strong", null, run.file)),
		run.problem && h("p", { class: "error standing", role: "alert", key: "problem" }, icon("warn"), run.problem),
		run.step === "choosing" && choosing(app, run),
		(run.step === "looking" || run.step === "importing") && h("p", { role: "status", key: "busy" }, run.step === "looking" ? "Looking at the file…" : "Importing…"),
		(run.step === "looked" || run.step === "imported") && report(app, run),
	];
}

export function menuView(app) {
	const { collection } = app;
	if (app.ui.import)
		return importView(app, app.ui.import);
	return [
		app.may("create", collection) && h("label", { class: "button wide filepick", key: "in" }, icon("upload"), "Import a CSV file…",
			h("input", { type: "file", accept: ".csv,text/csv", "aria-label": "Import a CSV file", onchange: (event) => app.importFile(event.target) })),
		h("button", { class: "button wide", type: "button", key: "csv", onclick: () => app.exportFile("csv") }, icon("download"), `Export ${collection.label} as CSV`),
		h("button", { class: "button wide", type: "button", key: "json", onclick: () => app.exportFile("json") }, icon("download"), `Export ${collection.label} as JSON`),
		app.ui.problem && h("p", { class: "error standing", role: "alert", key: "problem" }, icon("warn"), app.ui.problem),
	];
}
