// Today: one column of what matters now, put together from small pieces that the areas bring, and what others changed since this
// person was here.

import { useState } from "preact/hooks";
import { Button, Empty, Page, Row, Waiting, capital, formatAgo, formatDate, formatNumber, isWide } from "../ui/index.js";
import { describe, opInWords, openRecord } from "../generic/index.js";
import { minute } from "../base/clock.js";
import { show } from "../base/layer.js";
import { Lazy } from "./lazy.jsx";
import { collections, ownCollections } from "./places.js";
import { go } from "../base/router.jsx";
import { definition, definitions, engine, ops, personName, rows, session, space, status } from "../base/state.js";
import { todayPieces } from "./today-pieces.js";
import { count } from "../base/words.js";

const MOST = 6, MANY = 60; // rows of a list here: at first, and when more are asked for
const DAY = 24 * 60 * 60_000;

function heading() {
	return formatDate(minute.value, isWide.value ? { weekday: "long", day: "numeric", month: "long" } : {});
}

function Part({ title, end, children }) {
	return (
		<section class="today-part">
			<header><h2>{title}</h2>{end}</header>
			{children}
		</section>
	);
}

function Decisions() {
	const waiting = ops.value.filter((op) => op.state === "conflict" || op.state === "rejected");
	if (waiting.length === 0)
		return null;
	return (
		<Part title={count(waiting.length, "decision")} end={<Button small kind="quiet" onClick={() => show("chip")}>Show all</Button>}>
			<ul class="rows" role="list">
				{waiting.slice(0, MOST).map((op) => (
					<li key={op.id}>
						<Row icon={op.state === "conflict" ? "swap" : "bad"} title={opInWords(op)} meta={op.state === "conflict" ? "Changed by two people at once" : op.problem?.detail} onOpen={() => show("chip")} />
					</li>
				))}
			</ul>
		</Part>
	);
}

// What tells rows of one title apart: whose it is, where that is neither who wrote it nor who looks; of a time of the day, the day.
function aboutRow(collection, row) {
	const { meta, span } = describe(collection, row), others = ![row.lastUpdatedBy, session.value.user.id].includes(row.owner);
	return [definition(collection)?.own && others && capital(personName(row.owner)), span && meta[0]];
}

// What others did since this space was last on the screen, or in the last day, newest first.
function changesOfOthers(since) {
	const me = session.value.user.id;
	const found = [];
	for (const { name, icon, title } of collections.value)
		for (const row of rows(name).value)
			if (row.lastUpdatedAt > since && row.lastUpdatedBy !== me)
				found.push({ collection: name, icon, label: title, row });
	return found.sort((a, b) => (a.row.lastUpdatedAt < b.row.lastUpdatedAt ? 1 : -1));
}

function Changed() {
	const [since] = useState(() => engine.notes.get("seen:" + space.value.id) ?? new Date(engine.now() - DAY).toISOString());
	const [most, setMost] = useState(MOST);
	const changes = changesOfOthers(since);
	if (changes.length === 0)
		return null;
	return (
		<Part title="Changed since you were here" end={changes.length > most ? <Button small kind="quiet" onClick={() => setMost(MANY)}>All {formatNumber(changes.length)}</Button> : <span class="hint">{formatNumber(changes.length)}</span>}>
			<ul class="rows" role="list">
				{changes.slice(0, most).map(({ collection, icon, label, row }) => (
					<li key={collection + row.id}>
						<Row icon={icon} title={describe(collection, row).text} meta={[...aboutRow(collection, row), label, `${personName(row.lastUpdatedBy)}, ${formatAgo(row.lastUpdatedAt)}`]} onOpen={() => openRecord(collection, row.id)} />
					</li>
				))}
			</ul>
		</Part>
	);
}

// What this person wrote last: the way back to it.
function Latest() {
	const me = session.value.user.id;
	const own = collections.value.flatMap(({ name, icon, title }) => rows(name).value.filter((row) => row.lastUpdatedBy === me && name !== "members").map((row) => ({ collection: name, icon, label: title, row })));
	const latest = own.sort((a, b) => (a.row.lastUpdatedAt < b.row.lastUpdatedAt ? 1 : -1)).slice(0, MOST);
	if (latest.length === 0)
		return null;
	return (
		<Part title="Your latest">
			<ul class="rows" role="list">
				{latest.map(({ collection, icon, label, row }) => (
					<li key={collection + row.id}><Row icon={icon} title={describe(collection, row).text} meta={[...aboutRow(collection, row), label, formatAgo(row.lastUpdatedAt)]} onOpen={() => openRecord(collection, row.id)} /></li>
				))}
			</ul>
		</Part>
	);
}

function FirstSteps() {
	return (
		<Empty icon="today" text="Nothing here yet. Begin with what you want to keep track of.">
			<div class="choices">
				{ownCollections.value.slice(0, 4).map((item) => <Button key={item.name} icon={item.icon} onClick={() => go(item.to)}>{item.title}</Button>)}
			</div>
		</Empty>
	);
}

export default function Today() {
	if (!status.value?.loaded)
		return <Page title={heading()}><Waiting /></Page>;
	const pieces = todayPieces.filter(({ needs }) => definitions.value.some((one) => one.name === needs));
	const isEmpty = pieces.length === 0 && collections.value.every(({ name }) => name === "members" || name === "spaceSettings" || rows(name).value.length === 0);
	return (
		<Page title={heading()}>
			<div class="today">
				<div class="today-now">
					{pieces.map(({ name, load }) => <Lazy key={name} load={load} properties={{ part: "now" }} />)}
					<Decisions />
					{isEmpty && <FirstSteps />}
					<Changed />
				</div>
				<div class="today-beside">
					{pieces.map(({ name, load }) => <Lazy key={name} quiet load={load} properties={{ part: "beside" }} />)}
					<Latest />
				</div>
			</div>
		</Page>
	);
}
