// What the app knows of this person's routine: signals over their rows on this device, and the write that says that a
// task is done.  It works without a network.

import { computed } from "@preact/signals";
import { minute } from "../base/clock.js";
import { ownRows, space } from "../base/state.js";
import { write } from "../base/write.js";
import { zone } from "../base/zones.jsx";
import { undoable } from "../ui/index.js";
import { completionOn, dueOn, gather, pointsOn, statusOn, streakOn, todayIn } from "./figures.js";

export const tasks = ownRows("tasks");
const taskLogs = ownRows("taskLogs"), exerciseLogs = ownRows("exerciseLogs"), bookLogs = ownRows("bookLogs");
const allSettings = ownRows("routineSettings");

const settings = computed(() => allSettings.value[0] ?? null);

/** The date that it is for this person. */
export const today = computed(() => todayIn(settings.value, zone.value, minute.value));

const gathered = computed(() => gather({
	tasks: tasks.value, taskLogs: taskLogs.value, exerciseLogs: exerciseLogs.value, bookLogs: bookLogs.value,
	settings: settings.value, zone: zone.value,
}));

/** {completion, streak, points} of today, as figures.js has them. */
export const figures = computed(() => {
	const all = gathered.value, date = today.value, streak = streakOn(all, date);
	return { completion: completionOn(all, date), streak, points: pointsOn(all, date, streak) };
});

/** The tasks that are due today and not done yet: what must be done first, then in their order. */
export const open = computed(() => {
	const due = dueOn(gathered.value, today.value);
	const left = due.filter(({ id }) => statusOn(gathered.value, id, today.value) === "pending");
	return [...left.filter(({ mustDo }) => mustDo), ...left.filter(({ mustDo }) => !mustDo)];
});

// A log is never deleted by taking it back: it says that the task is pending again.
function takeBack(here, id, title) {
	return write(() => here.set("taskLogs", id, { status: "pending", points: 0 }, { label: `Not done: ${title}` }));
}

/** Says that a task is done today, with a toast that can take it back. */
export async function done(task) {
	const here = space.value, date = today.value, label = `Done: ${task.title}`;
	const log = taskLogs.value.find((one) => one.task === task.id && one.date === date);
	const state = { status: "completed", points: task.points ?? 0 };
	const op = await write(() => (log
		? here.set("taskLogs", log.id, state, { label })
		: here.create("taskLogs", { task: task.id, date, ...state }, { label })));
	if (op)
		undoable(label + ".", () => takeBack(here, op.record, task.title));
	return op;
}
