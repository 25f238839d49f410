// A job on the screen: how far it is, and what came of it.  A job that runs is found again after a reload.

import { useEffect, useRef, useState } from "preact/hooks";
import { Bar, Notice } from "../ui/index.js";
import { engine, space } from "../base/state.js";
import { follow, isOver, jobOf } from "./jobs.js";
import { failureWords, jobWords, partOf } from "./words.js";

const noteOf = (name) => `job:${space.value.id}/${name}`;

const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/**
 * {job, busy, problem, run(work), forget()}.  name: of what runs, one at a time in each space.  work() makes the
 * request and resolves to its data.  onDone(result, job) is called when a job is done.
 */
export function useJob(name, onDone = () => {}) {
	const [state, setState] = useState({ job: null, busy: false, problem: null });
	const alive = useRef(true), done = useRef(onDone);
	done.current = onDone;

	async function watch(first) {
		const here = space.value, note = noteOf(name);
		const ask = async (id) => (await here.request("GET", `/jobs/${encodeURIComponent(id)}`)).data.job;
		const see = (job) => alive.current && setState({ job, busy: !isOver(job), problem: null });
		const job = await follow(first, { ask, see, wait, isWanted: () => alive.current });
		if (!alive.current || !isOver(job))
			return;
		engine.notes.drop(note);
		if (job.state === "failed")
			setState({ job, busy: false, problem: failureWords(job.error) });
		else
			done.current(job.result ?? {}, job);
	}
	async function guarded(work) {
		setState({ job: null, busy: true, problem: null });
		try {
			await work();
		} catch (error) {
			engine.notes.drop(noteOf(name));
			if (alive.current)
				setState({ job: null, busy: false, problem: failureWords(error) });
		}
	}
	const run = (work) => guarded(async () => {
		const job = jobOf(await work());
		if (job.id && !isOver(job))
			engine.notes.put(noteOf(name), job.id);
		await watch(job);
	});
	useEffect(() => {
		alive.current = true;
		const id = engine.notes.get(noteOf(name));
		if (id)
			guarded(() => watch({ id, state: "waiting" }));
		return () => { alive.current = false; };
	}, [name]);
	return { ...state, run, forget: () => setState({ job: null, busy: false, problem: null }) };
}

/** How far a job is, or why it failed.  fallback: what is said before the server has told of a job. */
export function Progress({ running: { job, busy, problem }, fallback = "Working…" }) {
	if (problem)
		return <Notice kind="bad">{problem}</Notice>;
	if (!busy)
		return null;
	const words = job?.id ? jobWords(job) : fallback, part = job && partOf(job);
	return (
		<div class="stack gap-2" role="status">
			<p>{words}</p>
			<Bar part={part ?? 0} label={words} />
			{job?.id && <p class="hint">You can leave this screen; it goes on by itself.</p>}
		</div>
	);
}
