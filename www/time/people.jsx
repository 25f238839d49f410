// The others, for managers: who is at work now and since when, and everybody's day in a line.

import { useEffect } from "preact/hooks";
import { Empty, List, Row, Tag, Waiting, formatTime } from "../ui/index.js";
import { status } from "../app/state.js";
import { bindingFor, now, people, sessionsFor, titleOf, today, watchClock } from "./data.js";
import { dayOf } from "./hours.js";
import { hoursText } from "./timer.jsx";

export function People({ onOpen }) {
	useEffect(watchClock, []);
	if (people.value.length === 0)
		return status.value?.loaded ? <Empty icon="team" text="Nobody else is in this space yet." /> : <Waiting />;
	const lines = people.value.map((person) => {
		const sessions = sessionsFor(person.id), { rules, zone } = bindingFor(person.id);
		return { person, zone, running: sessions.find((one) => one.running), day: dayOf(today.value, sessions, rules, now.value) };
	}).sort((left, right) => Number(Boolean(right.running)) - Number(Boolean(left.running)) || left.person.name.localeCompare(right.person.name));
	return (
		<List items={lines} keyOf={(one) => one.person.id} height={64} row={({ person, running, day, zone }) => (
			<Row icon="person" title={person.name} meta={running ? [titleOf(running.row), `since ${formatTime(running.start, zone)}`] : ["Not at work"]}
				mark={running ? <Tag kind="accent" icon="play">{running.lunch ? "at lunch" : "at work"}</Tag> : undefined}
				trailing={<span class="row-figures">{hoursText(day.billable)}</span>} onOpen={() => onOpen(person.id)} />
		)} />
	);
}
