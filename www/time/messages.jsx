// The messages of the space, the latest last, and a form to write one.  Only the sender and the addressee see a message
// to one person.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Empty, Icon, IconButton, Select, TextInput, Waiting, formatDay, formatTime } from "../ui/index.js";
import { engine, hasRole, keyOf, may, news, ops, personName, rows, space, status, userId } from "../base/state.js";
import { write, writeUndoably } from "../base/write.js";
import { OpsOf } from "../generic/index.js";
import { capital } from "../ui/format.js";
import { scrollerOf } from "../ui/list.jsx";
import { dayIn } from "../ui/zone.js";
import { binding, today } from "./data.js";

const LONGEST = 2_000; // characters, as the definition has it
const SHOWN = 100; // messages at first, and as many more at each press of "Earlier messages"

const ROLES = { members: "to members", managers: "to managers" };
const GROUPS = [["@everyone", "Everyone"], ["@members", "Members"], ["@managers", "Managers"]];
const NONE = "No messages yet. What is written here everybody in this team can read, unless it is for one person.";

function sentAt(one) {
	return one.sentAt ?? one.createdAt ?? "9";
}

function stateOf(one) {
	const own = ops.value.filter((op) => op.collection === "messages" && op.record === one.id);
	return own.some((op) => op.state === "rejected") ? "failed" : own.length > 0 ? "waiting" : null;
}

function remove(one) {
	return writeUndoably("Message deleted.", (here) =>
		here.remove("messages", one.id, { label: "Message deleted" })
	);
}

// Whom a message is for, unless it is for everybody.
function To({ one, isMine }) {
	if (one.toUser)
		return (
			<span class="line gap-1">
				<Icon name="lock" size={14} />
				only {isMine ? <bdi>{personName(one.toUser)}</bdi> : "you"}
			</span>
		);
	return ROLES[one.toRole] ? <span>{ROLES[one.toRole]}</span> : null;
}

function Message({ one }) {
	const isMine = one.owner === userId.value, state = stateOf(one);
	const when = state === "waiting" ? "not sent yet" : formatTime(sentAt(one), binding.value.zone);
	const whose = isMine ? "your message" : `the message of ${personName(one.owner)}`;
	return (
		<li
			class="message"
			data-mine={isMine ? "true" : undefined}
			data-news={news.value.has(keyOf("messages", one.id)) ? "true" : undefined}
		>
			<p class="message-head anchor flow small soft">
				<b class="ink" dir="auto">{capital(personName(one.owner))}</b>
				<To one={one} isMine={isMine} />
				<span class="push muted">{when}</span>
				{may("delete", "messages") && (isMine || hasRole("manager")) && (
					<IconButton
						icon="trash" size={16} label={`Delete ${whose}`}
						onClick={() => remove(one)}
					/>
				)}
			</p>
			<p class="as-typed" dir="auto">{one.text}</p>
			{state === "failed" && <OpsOf collection="messages" id={one.id} brief />}
		</li>
	);
}

function dayOf(one) {
	return dayIn(binding.value.zone, Date.parse(sentAt(one)) || engine.now());
}

// The end of the list stays in sight while messages come, unless somebody reads further up.
function useEnd(count) {
	const end = useRef(null), near = useRef(true);
	useLayoutEffect(() => {
		const scroller = scrollerOf(end.current);
		const look = () => {
			near.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
		};
		scroller.addEventListener("scroll", look, { passive: true });
		return () => scroller.removeEventListener("scroll", look);
	}, []);
	useLayoutEffect(() => {
		if (near.current)
			scrollerOf(end.current).scrollTop = 1e9;
	}, [count]);
	return end;
}

function useDraft() {
	const key = `time/message/${space.value.id}`;
	const [draft, setDraft] = useState(() => engine.notes.get(key) ?? { text: "", to: null });
	const type = (change) => {
		const next = { ...draft, ...change };
		setDraft(next);
		if (next.text)
			engine.notes.put(key, next);
		else
			engine.notes.drop(key);
	};
	return { draft, type };
}

function Composer() {
	const { draft, type } = useDraft();
	const members = rows("members")
		.value.filter((one) => one.id !== userId.value)
		.map((one) => [one.id, `Only ${one.name ?? one.id}`])
		.sort((left, right) => left[1].localeCompare(right[1]));
	const to = draft.to?.startsWith("@") || members.some(([id]) => id === draft.to) ? draft.to : "@everyone";
	const send = async (event) => {
		event?.preventDefault();
		const text = draft.text.trim();
		if (!text)
			return;
		const whom = to === "@everyone" ? {} : to.startsWith("@") ? { toRole: to.slice(1) } : { toUser: to };
		const create = () => space.value.create("messages", { text, ...whom }, { label: "Message" });
		if (await write(create, "the message"))
			type({ text: "" });
	};
	const key = (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
			send(event);
	};
	return (
		<form class="message-form over-3 paper topped" onSubmit={send}>
			<Select
				label="To whom" value={to} options={[...GROUPS, ...members]}
				onInput={(value) => type({ to: value })}
			/>
			<TextInput
				label="Message" lines value={draft.text} maxLength={LONGEST}
				placeholder="Write a message" onInput={(text) => type({ text })} onKeyDown={key}
			/>
			<Button type="submit" kind="primary" icon="send" disabled={!draft.text.trim()}>Send</Button>
		</form>
	);
}

function NoMessages() {
	return status.value?.loaded ? <Empty icon="message" text={NONE} /> : <Waiting />;
}

export function Messages() {
	const [most, setMost] = useState(SHOWN);
	const all = [...rows("messages").value].sort((left, right) => (sentAt(left) < sentAt(right) ? -1 : 1));
	const shown = all.slice(-most), days = [...new Set(shown.map(dayOf))];
	const end = useEnd(all.length);
	return (
		<section class="messages stack">
			{all.length > most && (
				<Button small kind="quiet" onClick={() => setMost(most + SHOWN)}>
					Earlier messages
				</Button>
			)}
			{all.length === 0 && <NoMessages />}
			{days.map((day) => (
				<section key={day} aria-label={formatDay(day, today.value)}>
					<h2 class="message-day below-3 line gap-3 tiny medium muted">
						<span>{formatDay(day, today.value)}</span>
					</h2>
					<ol class="message-list stack gap-3" role="list">
						{shown
							.filter((one) => dayOf(one) === day)
							.map((one) => <Message key={one.id} one={one} />)}
					</ol>
				</section>
			))}
			<span ref={end} />
			{may("create", "messages") && <Composer />}
		</section>
	);
}
