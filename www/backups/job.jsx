// A job on the screen: how far it is, and what came of it.  A job that runs is found again after a reload, and in the
// other tabs of this device.

import { useEffect, useRef, useState } from "preact/hooks";
import { Bar, Button, Notice } from "../ui/index.js";
import { minute } from "../base/clock.js";
import { engine, session, space } from "../base/state.js";
import { follow, isOver, jobOf, wait } from "./jobs.js";
import { askIn } from "./requests.js";
import { failureWords, isStuck, jobWords, partOf } from "./words.js";

const NOT_FOUND = 404;
const IDLE = { job: null, busy: false, away: false, problem: null };

const noteOf = (name) => `job:${space.value.id}/${name}`;

// What another tab notes is a change of the session's signal.
const noted = (name) => (session.value.user && space.value ? engine.notes.get(noteOf(name)) : undefined);

/**
 * {job, busy, away, problem, run(work), isBusy(), forget()}.  name: of what runs, one at a time in each space.  work()
 * makes the request and resolves to its data.  onDone(result, job) is called when a job is done.  away: the server
 * cannot be reached.  isBusy() is busy as it is now; forget() is for when it is not.
 */
export function useJob(name, onDone = () => {}) {
	const [state, setState] = useState(IDLE), id = noted(name);
	const alive = useRef(true), watched = useRef(false), done = useRef(onDone);
	done.current = onDone;
	const show = (change) => alive.current && setState({ ...IDLE, ...change });

	async function watch(first) {
		const ask = askIn(space.value), note = noteOf(name);
		const see = (job, away) => show({ job, busy: !isOver(job), away });
		const job = await follow(first, { ask, see, wait, isWanted: () => alive.current });
		if (!alive.current || !isOver(job))
			return;
		engine.notes.drop(note);
		if (job.state === "failed")
			show({ job, problem: failureWords(job.error) });
		else
			done.current(job.result ?? {}, job);
	}
	// A job that is noted and is no longer known was over long ago: there is nothing to tell.
	async function guarded(work, isNoted) {
		watched.current = true;
		show({ busy: true });
		try {
			await work();
		} catch (error) {
			engine.notes.drop(noteOf(name));
			show(isNoted && error.status === NOT_FOUND ? {} : { problem: failureWords(error) });
		} finally {
			watched.current = false;
		}
	}
	const run = (work) => guarded(async () => {
		const job = jobOf(await work());
		if (job.id && !isOver(job))
			engine.notes.put(noteOf(name), job.id);
		await watch(job);
	}, false);
	useEffect(() => {
		alive.current = true;
		return () => { alive.current = false; };
	}, [name]);
	useEffect(() => {
		if (id && !watched.current)
			guarded(() => watch({ id, state: "waiting" }), true);
	}, [name, id]);
	return { ...state, run, isBusy: () => watched.current, forget: () => watched.current || show({}) };
}

const AWAY = "Can’t reach the server. The work goes on there, and shows here when you’re back online.";
const STUCK = "It should have begun by now. You can leave it; if it stays like this, tell your administrator that " +
	"Daybook’s jobs aren’t running.";

function hintOf({ job, away }) {
	if (away)
		return AWAY;
	return isStuck(job, engine.now(), minute.value) ? STUCK : "You can leave this screen; it goes on by itself.";
}

/**
 * How far a job is, or why it failed.  fallback: what is said before the server has told of a job.  onClose: what the
 * button beside a failure does.
 */
export function Progress({ running, fallback = "Working…", onClose }) {
	const { job, busy, problem } = running;
	if (problem)
		return (
			<Notice kind="bad" action={onClose && <Button small onClick={onClose}>Close</Button>}>
				{problem}
			</Notice>
		);
	if (!busy)
		return null;
	const words = job?.id ? jobWords(job) : fallback, part = job && partOf(job);
	return (
		<div class="stack gap-2" role="status">
			<p>{words}</p>
			<Bar part={part ?? 0} label={words} />
			{job?.id && <p class="hint">{hintOf(running)}</p>}
		</div>
	);
}
