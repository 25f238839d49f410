// What is planned: who works when, and tasks.  Managers write it; whoever it is for says how it went.

import { useState } from "preact/hooks";
import { Button, Empty, List, Row, Segments, Sheet, Tag, Waiting, formatDate, formatTime, isWide, toast } from "../ui/index.js";
import { hasRole, may, personName, row, rows, space, status, userId } from "../app/state.js";
import { RecordForm } from "../generic/index.js";
import { dayIn } from "../ui/zone.js";
import { binding, today } from "./data.js";

const NEXT = { scheduled: ["in-progress", "Begin"], pending: ["in-progress", "Begin"], "in-progress": ["completed", "Done"] };
const WORDS = { scheduled: "planned", pending: "to do", "in-progress": "under way", completed: "done", cancelled: "cancelled" };
const KINDS = { completed: "good", "in-progress": "accent", cancelled: "plain" };

function Status({ value }) {
	return <Tag kind={KINDS[value] ?? "plain"} icon={value === "completed" ? "check" : undefined}>{WORDS[value] ?? value}</Tag>;
}

async function say(collection, one, next) {
	try {
		await space.value.set(collection, one.id, { status: next }, { label: `${one.title ?? "Shift"}: ${WORDS[next]}` });
	} catch (error) {
		toast(`This device could not keep the change: ${error.message}`, { kind: "bad" });
	}
}

function Step({ collection, one, value }) {
	const next = NEXT[value];
	const mine = one.owner === userId.value || hasRole("manager");
	if (!next || !mine || !may("update", collection))
		return null;
	return <Button small icon={next[0] === "completed" ? "check" : "play"} onClick={() => say(collection, one, next[0])}>{next[1]}</Button>;
}

function whoOf(one) {
	return one.who ?? (one.owner === userId.value ? null : personName(one.owner));
}

function Shifts({ onOpen }) {
	const { zone } = binding.value;
	const all = [...rows("schedules").value].sort((left, right) => (left.start < right.start ? -1 : 1));
	const coming = all.filter((one) => dayIn(one.zone ?? zone, Date.parse(one.end)) >= today.value);
	const past = all.filter((one) => !coming.includes(one)).reverse();
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="calendar" text="Nothing is planned." /> : <Waiting />;
	return (
		<List items={[...coming, ...past]} keyOf={(one) => one.id} height={64} groupOf={(one) => formatDate(dayIn(one.zone ?? zone, Date.parse(one.start)))} row={(one) => (
			<Row icon="calendar" title={`${formatTime(one.start, one.zone ?? zone)} – ${formatTime(one.end, one.zone ?? zone)}`} meta={[whoOf(one), one.jobSite && row("jobSites", one.jobSite)?.name, one.note]}
				mark={<Status value={one.status ?? "scheduled"} />} actions={<Step collection="schedules" one={one} value={one.status ?? "scheduled"} />} onOpen={() => onOpen("schedules", one.id)} />
		)} />
	);
}

const OPEN = ["pending", "in-progress"];
const PRIORITY = { high: 0, medium: 1, low: 2 };

function Tasks({ onOpen }) {
	const value = (one) => one.status ?? "pending";
	const all = [...rows("assignments").value].sort((left, right) =>
		Number(!OPEN.includes(value(left))) - Number(!OPEN.includes(value(right))) || (left.due ?? "9999").localeCompare(right.due ?? "9999") ||
		PRIORITY[left.priority ?? "medium"] - PRIORITY[right.priority ?? "medium"] || left.title.localeCompare(right.title));
	if (all.length === 0)
		return status.value?.loaded ? <Empty icon="list-checks" text="No tasks." /> : <Waiting />;
	return (
		<List items={all} keyOf={(one) => one.id} height={64} row={(one) => (
			<Row icon="list-checks" title={one.title} meta={[whoOf(one), one.due && `due ${formatDate(one.due)}`, one.jobSite && row("jobSites", one.jobSite)?.name]}
				mark={<>{one.priority === "high" && OPEN.includes(value(one)) && <Tag kind="warn" icon="flag">high</Tag>}<Status value={value(one)} /></>}
				actions={<Step collection="assignments" one={one} value={value(one)} />} onOpen={() => onOpen("assignments", one.id)} />
		)} />
	);
}

const PARTS = [["schedules", "Shifts"], ["assignments", "Tasks"]];
const TITLES = { schedules: "Planned shift", assignments: "Task" };

export function Plan({ part, onPart }) {
	const [opened, setOpened] = useState(null);
	const shown = PARTS.some(([name]) => name === part) ? part : "schedules";
	const open = (collection, id) => setOpened({ collection, id });
	return (
		<section class="plan">
			<div class="plan-head">
				<Segments label="What is planned" fit value={shown} options={PARTS} onInput={onPart} />
				{may("create", shown) && <Button icon="plus" onClick={() => open(shown, null)}>New</Button>}
			</div>
			{shown === "schedules" ? <Shifts onOpen={open} /> : <Tasks onOpen={open} />}
			{opened && <Sheet side={isWide.value} title={TITLES[opened.collection]} onClose={() => setOpened(null)}><RecordForm collection={opened.collection} id={opened.id} onClose={() => setOpened(null)} /></Sheet>}
		</section>
	);
}

/** Messages of the space, the latest last, and a line to write one. */
export function Messages() {
	const [text, setText] = useState(""), [to, setTo] = useState("");
	const all = [...rows("messages").value].sort((left, right) => ((left.sentAt ?? left.createdAt ?? "9") < (right.sentAt ?? right.createdAt ?? "9") ? -1 : 1));
	const members = [...rows("members").value].filter((one) => one.id !== userId.value).sort((left, right) => left.name.localeCompare(right.name));
	const send = async (event) => {
		event.preventDefault();
		if (!text.trim())
			return;
		try {
			await space.value.create("messages", { text: text.trim(), ...(to.startsWith("@") ? { toRole: to.slice(1) } : to ? { toUser: to } : {}) }, { label: "Message" });
			setText("");
		} catch (error) {
			toast(`This device could not keep the message: ${error.message}`, { kind: "bad" });
		}
	};
	return (
		<section class="messages">
			{all.length === 0 && (status.value?.loaded ? <Empty icon="message" text="No messages yet." /> : <Waiting />)}
			<ol class="message-list">
				{all.map((one) => (
					<li key={one.id} class="message" data-mine={one.owner === userId.value || one.version === 0 ? "true" : undefined}>
						<p class="message-head"><b>{one.version === 0 ? "You" : personName(one.owner)}</b>{one.toUser ? ` to ${personName(one.toUser)}` : one.toRole && one.toRole !== "everyone" ? ` to ${one.toRole}` : ""}
							<span>{one.version === 0 ? "not sent yet" : `${formatDate(one.sentAt ?? one.createdAt)} ${formatTime(one.sentAt ?? one.createdAt, binding.value.zone)}`}</span></p>
						<p class="message-text" dir="auto">{one.text}</p>
					</li>
				))}
			</ol>
			{may("create", "messages") && (
				<form class="message-form" onSubmit={send}>
					<label class="unseen" for="message-to">To</label>
					<select id="message-to" class="input" value={to} onChange={(event) => setTo(event.currentTarget.value)}>
						<option value="">Everyone</option><option value="@managers">Managers</option>
						{members.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
					</select>
					<label class="unseen" for="message-text">Message</label>
					<textarea id="message-text" class="input" rows={2} maxLength={2000} dir="auto" value={text} placeholder="Write a message" onInput={(event) => setText(event.currentTarget.value)} />
					<Button type="submit" kind="primary" icon="send" disabled={!text.trim()}>Send</Button>
				</form>
			)}
		</section>
	);
}
