// The state of an import, from choosing the file to the report, and what changes it.  The server reads the file: first
// it is only looked at, and what the server asks is asked of the person.

import { useRef, useState } from "preact/hooks";
import { space } from "../base/state.js";
import {
	askedBy, fileOf, optionsFor, queryOf, settled, stoppedAt, together, typeOf,
} from "./import-file.js";

const PAUSE = 2_000; // milliseconds, where the server does not say how long to wait
const TRIES = 40; // as many times a request that was refused for a while is sent again

export function sentence(error) {
	return error.status === 0 ? "This needs a connection to the server." : error.problem?.detail ?? error.message;
}

// The server is busy, or a request took longer than the web server waits: it is sent again.
const isForAWhile = ({ status }) => [429, 502, 503, 504].includes(status);

// What is written stays, and the same request goes on.
const canGoOn = ({ status, stopped }) => Boolean(stopped) || status === 0 || status === 429 || status >= 500;

const rest = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds ? seconds * 1000 : PAUSE); });

// One request; whoever is told to wait sends it again.
async function ask(form, file, options, isDry, heard = {}) {
	const address = `/${form.name}/import?${queryOf(file, options, isDry)}`;
	const body = { raw: file.bytes, headers: { "Content-Type": typeOf(file, options) } };
	for (let tries = 0; ; tries += 1) {
		try {
			return (await space.value.request("POST", address, body)).data;
		} catch (error) {
			if (!isForAWhile(error) || tries === TRIES || heard.isStopped)
				throw error;
			await rest(error.retryAfter);
		}
	}
}

// The server takes a limited number of rows at a time.  The same file is sent until it has taken all of them.  An error
// says what was taken before it (stopped).
async function write(form, file, options, heard) {
	let report = null;
	try {
		do {
			report = together(report, await ask(form, file, options, false, heard));
			heard.onReport(report);
		} while (report.more && !heard.isStopped);
	} catch (error) {
		error.stopped = stoppedAt(report, error.problem);
		throw error;
	}
	return report;
}

// Look at the file.  What can be settled without asking is settled, and the file looked at again: {report, options}.
async function look(form, file, options) {
	for (let tries = 0; ; tries += 1) {
		try {
			return { report: await ask(form, file, options, true), options };
		} catch (error) {
			const columns = tries < 9 ? settled(form, error.problem, options) : null;
			if (columns === null) {
				error.options = options;
				throw error;
			}
			options = { ...options, columns };
		}
	}
}

const START = {
	file: null, options: null, answer: null, report: null, problem: null, asks: null, phase: "choose", busy: false,
};

/**
 * phase: "choose" (a file), "looking", "asked" (the server asks, or a problem), "looked" (a report of what would become
 * of it), "writing", "stopped", "done".  busy: it is looked at again, with what was found before still on the screen.
 * answer: what the server said last of the file, be it a report or a problem.
 */
export function useImport(form) {
	const [state, setState] = useState(START), heard = useRef({ isStopped: false, onReport() {} });
	const latest = useRef(0); // the number of the last look; an answer to an earlier one comes too late
	const set = (changes) => setState((was) => ({ ...was, ...changes }));

	const fail = (error, phase) => setState((was) => ({
		...was, phase, busy: false,
		problem: [sentence(error), error.stopped].filter(Boolean).join(" "),
		asks: askedBy(error.problem),
		answer: error.problem?.columns ? error.problem : was.answer,
		options: error.options ?? was.options,
	}));

	async function preview(file, options) {
		const turn = latest.current += 1;
		setState((was) => ({
			...was, file, options, busy: true, phase: was.answer ? was.phase : "looking",
		}));
		try {
			const looked = await look(form, file, options);
			if (turn !== latest.current)
				return;
			set({
				...looked, phase: "looked", answer: looked.report,
				busy: false, problem: null, asks: null,
			});
		} catch (error) {
			if (turn !== latest.current)
				return;
			set({ report: null });
			fail(error, "asked");
		}
	}

	async function go() {
		heard.current = { isStopped: false, onReport: (report) => set({ report }) };
		set({ phase: "writing", problem: null });
		try {
			const report = await write(form, state.file, state.options, heard.current);
			set({ report, phase: report.more ? "stopped" : "done" });
		} catch (error) {
			fail(error, canGoOn(error) ? "stopped" : "asked");
		}
		space.value.sync();
	}

	return {
		...state,
		take: async (chosen) => {
			const file = fileOf(form, chosen, await chosen.arrayBuffer());
			set(START);
			preview(file, optionsFor(file));
		},
		// Other options need another look.
		change: (changes) => preview(state.file, { ...state.options, ...changes }),
		skip: (skipBad) => set({ options: { ...state.options, skipBad } }),
		go,
		stop: () => {
			heard.current.isStopped = true;
		},
	};
}
