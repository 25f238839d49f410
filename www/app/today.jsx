// Today: a column of what matters now, from the pieces of the areas, and what others changed since this person was
// here.

import { useState } from "preact/hooks";
import {
	Button, Empty, Page, Row, Rows, Waiting, capital, formatAgo, formatDate, formatNumber, isWide,
} from "../ui/index.js";
import { describe, opInWords, openRecord, reasonOf } from "../generic/index.js";
import { minute } from "../base/clock.js";
import { show } from "../base/layer.js";
import { ForYou, toldToMe } from "./for-you.jsx";
import { Lazy } from "./lazy.jsx";
import { collections, ownCollections } from "./places.js";
import { go } from "../base/router.jsx";
import { definition, definitions, engine, ops, personName, rows, session, space, status } from "../base/state.js";
import { sentenceOf } from "./sentences.js";
import { todayPieces } from "./today-pieces.js";
import { count } from "../base/words.js";

const MOST = 6, MANY = 60; // rows of a list: at first, and after "All"
const DAY = 24 * 60 * 60_000;

function heading() {
	return formatDate(minute.value, isWide.value ? { weekday: "long", day: "numeric", month: "long" } : {});
}

function Part({ title, end, children }) {
	return (
		<section class="today-part">
			<header class="line gap-3 ends"><h2>{title}</h2>{end}</header>
			{children}
		</section>
	);
}

function Decision({ op }) {
	const isClash = op.state === "conflict";
	return (
		<Row
			icon={isClash ? "swap" : "bad"} title={opInWords(op)} onOpen={() => show("chip")}
			meta={isClash ? "Changed by two people at once" : reasonOf(op)}
		/>
	);
}

function Decisions() {
	const waiting = ops.value.filter((op) => op.state === "conflict" || op.state === "rejected");
	if (waiting.length === 0)
		return null;
	const all = <Button small kind="quiet" onClick={() => show("chip")}>Show all</Button>;
	return (
		<Part title={count(waiting.length, "decision")} end={all}>
			<Rows items={waiting.slice(0, MOST)} row={(op) => <Decision op={op} />} />
		</Part>
	);
}

function ToldToMe() {
	const told = toldToMe();
	if (told.length === 0)
		return null;
	return (
		<Part title="For you" end={<span class="hint">{formatNumber(told.length)}</span>}>
			<ForYou told={told.slice(0, MOST)} />
		</Part>
	);
}

// What tells rows with the same title apart: the day, for a title that is a time of the day; else the owner, unless
// they wrote the row last or are the person who looks.
function aboutRow(collection, row) {
	const { meta, span } = describe(collection, row);
	const others = ![row.lastUpdatedBy, session.value.user.id].includes(row.owner);
	return [definition(collection)?.own && others && capital(personName(row.owner)), span && meta[0]];
}

// The rows that others changed since this space was last on the screen, or in the last day, newest first.
function changesOfOthers(since) {
	const me = session.value.user.id;
	const found = [];
	for (const { name, icon, title } of collections.value)
		for (const row of rows(name).value)
			if (row.lastUpdatedAt > since && row.lastUpdatedBy !== me)
				found.push({ collection: name, icon, label: title, row });
	return found.sort((a, b) => (a.row.lastUpdatedAt < b.row.lastUpdatedAt ? 1 : -1));
}

// "You marked ABC-9 arrived".
function doneTo(collection, row) {
	return sentenceOf(collection, row, {
		person: personName(row.lastUpdatedBy), name: describe(collection, row).text,
	});
}

// found: [{collection, icon, label, row}].
function Found({ found }) {
	return (
		<Rows items={found} keyOf={({ collection, row }) => collection + row.id}
			row={({ collection, icon, label, row }) => (
				<Row
					icon={icon} title={doneTo(collection, row)}
					meta={[...aboutRow(collection, row), label, formatAgo(row.lastUpdatedAt)]}
					onOpen={() => openRecord(collection, row.id)}
				/>
			)}
		/>
	);
}

function lastLook() {
	return engine.notes.get("seen:" + space.value.id) ?? new Date(engine.now() - DAY).toISOString();
}

function Changed() {
	const [since] = useState(lastLook);
	const [most, setMost] = useState(MOST);
	const changes = changesOfOthers(since), number = formatNumber(changes.length);
	if (changes.length === 0)
		return null;
	const end = changes.length > most
		? <Button small kind="quiet" onClick={() => setMost(MANY)}>All {number}</Button>
		: <span class="hint">{number}</span>;
	return (
		<Part title="Changed since you were here" end={end}>
			<Found found={changes.slice(0, most)} />
		</Part>
	);
}

// The rows that this person wrote last, newest first.
function latestOwn() {
	const me = session.value.user.id;
	const found = [];
	for (const { name, icon, title } of collections.value.filter((one) => one.name !== "members"))
		for (const row of rows(name).value)
			if (row.lastUpdatedBy === me)
				found.push({ collection: name, icon, label: title, row });
	return found.sort((a, b) => (a.row.lastUpdatedAt < b.row.lastUpdatedAt ? 1 : -1)).slice(0, MOST);
}

function Latest() {
	const latest = latestOwn();
	if (latest.length === 0)
		return null;
	return (
		<Part title="Your latest">
			<Found found={latest} />
		</Part>
	);
}

function FirstSteps() {
	return (
		<Empty icon="today" text="Nothing here yet. Begin with what you want to keep track of.">
			<div class="flow to-middle">
				{ownCollections.value.slice(0, 4).map((item) => (
					<Button key={item.name} icon={item.icon} onClick={() => go(item.to)}>
						{item.title}
					</Button>
				))}
			</div>
		</Empty>
	);
}

const NOT_COUNTED = ["members", "spaceSettings"]; // every team has them

export default function Today() {
	if (!status.value?.loaded)
		return <Page title={heading()}><Waiting /></Page>;
	const pieces = todayPieces.filter(({ needs }) => definitions.value.some((one) => one.name === needs));
	const hasNone = ({ name }) => NOT_COUNTED.includes(name) || rows(name).value.length === 0;
	const isEmpty = pieces.length === 0 && collections.value.every(hasNone);
	return (
		<Page title={heading()}>
			<div class="today stack gap-6">
				<div class="stack gap-6">
					{pieces.map(({ name, load }) => (
						<Lazy key={name} load={load} properties={{ part: "now" }} />
					))}
					<Decisions />
					<ToldToMe />
					{isEmpty && <FirstSteps />}
					<Changed />
				</div>
				<div class="today-beside stack gap-6">
					{pieces.map(({ name, load }) => (
						<Lazy key={name} quiet load={load} properties={{ part: "beside" }} />
					))}
					<Latest />
				</div>
			</div>
		</Page>
	);
}
