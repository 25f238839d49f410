// An import as functions of data: how the file is read, what the server is asked, what its report says.  No document.

import {
	guess, guessByPlace, headerOf, lacksHeader, linesOf, mapOf, missingOf, numbered, unusedOf,
} from "./columns.js";
import { formatNumber } from "../ui/format.js";

export const TYPES = { csv: "text/csv", json: "application/json" };
/** The options of an import before anybody has chosen any. */
export const NOTHING = { dates: "", where: "", zone: "", skipBad: false, again: false, isMine: false };

const LOOKED = 5; // rows of the file that are shown
const ERRORS = 30; // bad rows that are listed
const HEAD = 65_536; // bytes read to find the columns

/** The same file, its first line read as a row (isHeaderless) or as the names of the columns. */
export function readAs(form, file, isHeaderless) {
	const lines = linesOf(file.text, LOOKED + 1);
	const headers = isHeaderless ? numbered(lines[0] ?? []) : headerOf(file.text);
	const choice = isHeaderless ? guessByPlace(form, headers) : guess(form, headers);
	const rows = isHeaderless ? lines.slice(0, LOOKED) : lines.slice(1);
	return { ...file, isHeaderless, headers, choice, lines: rows };
}

/**
 * What is known of a file before the server reads it.  headers: its columns.  lines: the first rows.  choice: which
 * column fills which field.
 */
export function fileOf(form, { name, type }, bytes) {
	const text = new TextDecoder().decode(bytes.slice(0, HEAD));
	const isJson = /\.json$/i.test(name) || type === TYPES.json || /^\s*[[{]/.test(text);
	const file = { name, bytes, text, isJson, headers: [], lines: [], choice: {} };
	return isJson ? file : readAs(form, file, lacksHeader(form, headerOf(text)));
}

export function columnName(file, header) {
	return file.isHeaderless ? `Column ${header}` : header;
}

/** The first value in a column. */
export function exampleOf(file, header) {
	return file.lines.map((line) => line[file.headers.indexOf(header)]).find(Boolean);
}

export function typeOf(file) {
	if (file.isJson)
		return TYPES.json;
	return file.isHeaderless ? `${TYPES.csv}; header=absent` : TYPES.csv;
}

/** Whether the server knows the format of the file, so that nobody has to say what its columns are. */
export function isKnown(file) {
	return Boolean(file.format) && file.format !== "none";
}

/** The first lines of a file: enough to recognise it. */
export function topOf({ text }) {
	return text.slice(0, text.lastIndexOf("\n") + 1) || text;
}

/** The file as the server recognised it, by its report or its problem; null when it did not. */
export function recognised(file, told) {
	return told?.format ? { ...file, isHeaderless: false, format: told.format } : null;
}

/** The same file, for people who say themselves what its columns are. */
export function byHand(file) {
	return isKnown(file) ? { ...file, format: "none" } : file;
}

/** The query of an import.  isDry: nothing is written. */
export function queryOf(form, file, { dates, where, zone, skipBad, again, isMine, isDry }) {
	const headers = file.isJson && isMine ? ["owner", "id"] : file.headers;
	const map = isKnown(file) ? "" : mapOf(form, headers, file.choice, isMine);
	const flags = { dryRun: isDry && "1", again: again && "1", skipBad: (skipBad || isDry) && "1" };
	const said = { zone, format: file.format === "none" && "none", map, dates, where, ...flags };
	return new URLSearchParams(Object.entries(said).filter(([, value]) => value));
}

/** The fields that still need a column. */
export function neededOf(form, file) {
	return file.isJson || isKnown(file) ? [] : missingOf(form, file.choice);
}

/** The columns that fill nothing. */
export function leftOf(form, file) {
	return file.isJson || isKnown(file) ? [] : unusedOf(form, file.headers, file.choice);
}

/**
 * One report of two: that of an import that goes on, and what was imported before it in the same go (null: nothing).
 * What the one imported is found there by the other.
 */
export function together(before, report) {
	if (!before)
		return report;
	const { created, updated } = before;
	return {
		...report,
		created: created + report.created,
		updated: updated + report.updated,
		unchanged: Math.max(0, report.unchanged - created - updated),
	};
}

/**
 * What is in when an import stops before its end, in words; "" for nothing.  before: the report of its requests until
 * then, or null; problem: of the last one, which tells what it wrote before it stopped.
 */
export function stoppedAt(before, problem) {
	const wrote = (report) => (report?.created ?? 0) + (report?.updated ?? 0);
	const count = wrote(before) + wrote(problem);
	if (count === 0)
		return "";
	const rows = count === 1 ? "One row is" : `${formatNumber(count)} rows are`;
	return `${rows} imported. Import the file again to go on; nothing is added twice.`;
}

/** The figures of a report: [{count, words, isBad}]. */
export function figuresOf(report) {
	const figures = [
		{ count: report.created, words: "new", isAlways: true },
		{ count: report.updated, words: "changed" },
		{ count: report.unchanged, words: "as they are" },
		{ count: report.bad, words: "cannot be taken", isBad: true },
		{ count: report.rows - report.matched, words: "passed over" },
	];
	return figures.filter(({ count, isAlways }) => count > 0 || isAlways);
}

/** The bad rows of a report: {listed, more}, more of which are not listed. */
export function errorsOf({ errors, bad }) {
	const listed = errors.slice(0, ERRORS);
	return { listed, more: Math.max(0, bad - listed.length) };
}

/** What to ask about a report: whether bad rows are left out, who owns them, whether deleted records come back. */
export function questionsOf(report, { isMine }) {
	return {
		skipBad: report.bad > 0,
		isMine: isMine || report.errors.some(({ field }) => field === "owner"),
		again: report.deleted > 0,
	};
}
