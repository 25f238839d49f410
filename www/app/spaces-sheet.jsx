// The spaces of a person: the personal one and the teams, with what is new or waits in each.

import { useEffect, useState } from "preact/hooks";
import { Button, Row, Rows, Sheet, Tag, formatDate, toast } from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { show } from "../base/layer.js";
import { go } from "../base/router.jsx";
import { SpaceMark } from "./spaces.jsx";
import { engine, openSpace, session, space, spaces } from "../base/state.js";
import { count, roleWord, sentence } from "../base/words.js";

// How many rows others changed since this space was last on the screen.
function unreadOf(opened) {
	const since = engine.notes.get("seen:" + opened.id);
	const me = session.value.user.id;
	let unread = 0;
	if (since)
		for (const { name } of opened.definitions)
			for (const row of opened.all(name))
				if (row.lastUpdatedAt > since && row.lastUpdatedBy !== me)
					unread += 1;
	return unread;
}

function useMarks() {
	const [marks, setMarks] = useState({});
	useEffect(() => {
		let isOver = false;
		const put = (opened) => {
			const unread = opened.id === space.value?.id ? 0 : unreadOf(opened);
			if (!isOver)
				setMarks((was) => ({ ...was, [opened.id]: { status: opened.status, unread } }));
		};
		for (const { id } of spaces.value)
			engine.open(id).then(put, () => {});
		return () => { isOver = true; };
	}, []);
	return marks;
}

function Marks({ mark }) {
	if (!mark)
		return null;
	const { status, unread } = mark;
	return (
		<>
			{status.gone && <Tag kind="bad">no longer yours</Tag>}
			{status.conflicts + status.failed > 0 && (
				<Tag kind="warn">{count(status.conflicts + status.failed, "decision")}</Tag>
			)}
			{status.waiting > 0 && <Tag>{status.waiting} waiting</Tag>}
			{unread > 0 && <Tag kind="accent">{unread > 99 ? "99+" : unread} new</Tag>}
		</>
	);
}

function DeletedTeam({ team, onRestore }) {
	return (
		<Row
			icon="trash" title={team.name}
			meta={`erased after ${formatDate(team.erasedAfter)}`}
			trailing={<Button small onClick={() => onRestore(team)}>Restore</Button>}
		/>
	);
}

// Teams that this person deleted in the last 30 days.
function Deleted() {
	const { data, ask } = useAsked(async () => (await engine.request("GET", "/spaces")).data.deleted);
	const bringBack = async (team) => {
		try {
			await engine.request("POST", `/spaces/${team.id}/restore`);
			await engine.refreshSpaces();
			toast(`${team.name} is restored.`, { kind: "good" });
		} catch (error) {
			toast(sentence(error), { kind: "bad" });
		}
		ask();
	};
	if (!data?.length)
		return null;
	return (
		<section class="sheet-part">
			<h3>Deleted</h3>
			<Rows items={data} row={(team) => <DeletedTeam team={team} onRestore={bringBack} />} />
		</section>
	);
}

export default function Spaces({ onClose }) {
	const marks = useMarks();
	const choose = async (id) => {
		onClose();
		if (id === space.value?.id)
			return;
		await openSpace(id);
		go("/");
	};
	const ordered = [...spaces.value].sort((a, b) =>
		(b.kind === "personal") - (a.kind === "personal") || a.name.localeCompare(b.name));
	const make = session.value.kind === "pin" ? null
		: <Button icon="plus" onClick={() => show("team")}>Create a team</Button>;
	return (
		<Sheet title="Spaces" onClose={onClose} actions={make}>
			<Rows items={ordered} row={(info) => (
				<Row
					leading={<SpaceMark info={info} />}
					title={info.name}
					meta={info.kind === "personal" ? "Only you" : roleWord(info.role)}
					selected={info.id === space.value?.id}
					trailing={<Marks mark={marks[info.id]} />}
					onOpen={() => choose(info.id)}
				/>
			)} />
			{session.value.status === "in" && session.value.kind === "password" && <Deleted />}
		</Sheet>
	);
}
