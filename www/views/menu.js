// A collection as a file: out as CSV or JSON, and in from CSV.

import { h } from "../html.js";
import { icon } from "../icons.js";

function found(label, count, tone = "") {
	return count > 0 && h("li", { class: tone }, `${count} ${label}`);
}

function reportView(app, { report, file, problem, busy, isDone }) {
	if (busy)
		return h("p", { role: "status" }, isDone ? "Importing…" : "Reading the file…");
	if (problem)
		return h("p", { class: "error standing", role: "alert" }, icon("warn"), problem);
	if (!report)
		return null;
	return h("div", { class: "report", role: "status" },
		h("p", null, h("strong", null, file.name), isDone ? " is imported." : " can be imported."),
		h("ul", null,
			found("new", report.created ?? 0), found("changed", report.updated ?? 0), found("there already", report.unchanged ?? 0),
			(report.errors ?? []).slice(0, 20).map((error) => h("li", { class: "error" }, `Line ${error.line ?? error.row ?? "?"}${error.field ? ", " + error.field : ""}: ${error.detail ?? error.message ?? ""}`))),
		!isDone && h("button", { class: "button primary wide", type: "button", onclick: () => app.importNow() }, "Import"));
}

export function menuView(app) {
	const { collection } = app;
	return [
		h("div", { class: "acts stacked", key: "out" },
			h("button", { class: "button wide", type: "button", onclick: () => app.exportFile("csv") }, icon("download"), `${collection.label} as CSV`),
			h("button", { class: "button wide", type: "button", onclick: () => app.exportFile("json") }, icon("download"), `${collection.label} as JSON`)),
		app.may("create", collection) && h("label", { class: "button wide filepick", key: "in" }, icon("upload"), "Import a CSV file…",
			h("input", { type: "file", accept: ".csv,text/csv", onchange: (event) => app.importFile(event.target) })),
		app.ui.import && h("div", { key: "report" }, reportView(app, app.ui.import)),
		app.ui.problem && h("p", { class: "error standing", role: "alert", key: "problem" }, icon("warn"), app.ui.problem),
	];
}
