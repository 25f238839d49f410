// Job sites without a map: the nearest first, each with its distance and its fence in words, and a picture of how far
// away each is and in which direction.

import { useState } from "preact/hooks";
import { Button, Empty, Icon, List, Notice, Sheet, Tag, Waiting, formatDistance, isWide } from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { keyOf, may, news, past, status } from "../base/state.js";
import { PastSheet, RecordForm } from "../generic/index.js";
import { makeWay } from "./begin.js";
import { ClockIn, usePlace } from "./clock.jsx";
import { atSite, bearing, nearestSites } from "./sessions.js";
import { sites } from "./data.js";

const SIZE = 280, MIDDLE = SIZE / 2; // pixels of the picture
const RINGS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]; // metres
const NAMED = 18; // letters of a name in the picture

function addressOf(site) {
	return [site.address, site.city].filter(Boolean).join(", ");
}

// How far from the middle a distance is drawn.  Each ring means ten times the distance of the one inside it.
function reachOf(rings) {
	const decades = Math.log10(rings.at(-1) / 10);
	return (metres) => Math.min(1, Math.log10(Math.max(metres, 10) / 10) / decades) * (MIDDLE - 20);
}

// Where a site is in the picture, north up.
function spotOf(site, place, reach) {
	const { distance, inside } = atSite(site, place), angle = bearing(place, site.place) * Math.PI / 180;
	const x = MIDDLE + Math.sin(angle) * reach(distance), y = MIDDLE - Math.cos(angle) * reach(distance);
	return { site, distance, inside, x, y };
}

function shortName(name) {
	return name.length > NAMED ? [...name].slice(0, NAMED - 1).join("") + "…" : name;
}

const SLANT = Math.SQRT1_2; // the labels of the rings are in the north-west, out of the way

function Around({ list, place, onOpen }) {
	const placed = list.filter((site) => site.place);
	const farthest = Math.max(...placed.map((site) => atSite(site, place).distance));
	const rings = RINGS.filter((ring, at) => at < 2 || RINGS[at - 1] < farthest), reach = reachOf(rings);
	const spots = placed.map((site) => spotOf(site, place, reach));
	return (
		<figure class="around axis stack gap-2" aria-label="Job sites around you">
			<svg class="full" viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
				{rings.map((ring) => (
					<circle
						key={ring} class="around-ring" cx={MIDDLE} cy={MIDDLE} r={reach(ring)}
					/>
				))}
				{rings.map((ring) => (
					<text
						key={ring} class="around-far" x={MIDDLE - reach(ring) * SLANT}
						y={MIDDLE - reach(ring) * SLANT + 3}
					>
						{formatDistance(ring)}
					</text>
				))}
				<text class="around-far" x={MIDDLE} y={12}>N</text>
				<circle class="around-you" cx={MIDDLE} cy={MIDDLE} r={6} />
				{spots.map(({ site, inside, x, y }) => (
					<circle
						key={site.id} class="around-site" data-inside={String(inside)} cx={x}
						cy={y} r={7} onClick={() => onOpen(site)}
					/>
				))}
				{spots.slice(0, 5).map(({ site, x, y }) => (
					<text
						key={site.id} class="around-name" x={x + (x > MIDDLE ? -11 : 11)}
						y={y + 4} text-anchor={x > MIDDLE ? "end" : "start"}
					>
						{shortName(site.name)}
					</text>
				))}
			</svg>
			<figcaption class="hint">
				You are in the middle, north is up; each ring is ten times as far. Your position is
				known to {formatDistance(place.accuracy)}.
			</figcaption>
		</figure>
	);
}

function fenceWords(site) {
	const isMarked = (site.outside ?? "refuse") !== "refuse";
	return `within ${formatDistance(site.radius ?? 100)}${isMarked ? ", else marked" : ""}`;
}

// A closed site, or how far away an open one is.
function SiteState({ site, place }) {
	const { distance, inside } = atSite(site, place);
	if (site.status === "inactive")
		return <Tag>closed</Tag>;
	if (distance === null)
		return null;
	return (
		<span class={inside ? "far tight bold unbroken good" : "far tight bold unbroken"}>
			{formatDistance(distance)}
			{inside && <small>here</small>}
		</span>
	);
}

function Site({ site, place, onOpen, onClock }) {
	const isClosed = site.status === "inactive";
	const fence = site.place ? fenceWords(site) : "no place set";
	const facts = [fence, site.requirePhoto && "with photo", addressOf(site)].filter(Boolean);
	return (
		<div
			class={`row anchor ruled ${news.value.has(keyOf("jobSites", site.id)) ? "glow" : ""}`}
			data-closed={isClosed ? "true" : undefined}
		>
			<button
				type="button" class="row-open bare line gap-3 grow site-row"
				onClick={() => onOpen(site)}
			>
				<span class="fixed muted"><Icon name="pin" /></span>
				<span class="row-words stack grow">
					<span class="row-title cut medium" dir="auto">{site.name}</span>
					<span class="row-meta cut small muted dotted">
						{facts.map((text) => <bdi key={text}>{text}</bdi>)}
					</span>
				</span>
				<span class="row-trail clip line snug fixed to-end medium if-any">
					<SiteState site={site} place={place} />
				</span>
			</button>
			{!isClosed && may("create", "workSessions") && (
				<div class="row-actions line fixed">
					<Button
						small icon="play" aria-label={`Clock in at ${site.name}`}
						onClick={() => onClock(site)}
					>
						Clock in
					</Button>
				</div>
			)}
		</div>
	);
}

// id: of a site, or "new".
function SiteForm({ id, onClose }) {
	const isNew = id === "new", known = sites.value.find((site) => site.id === id);
	const title = isNew ? "New job site" : known?.name ?? "Job site";
	if (past.value)
		return <PastSheet collection="jobSites" id={id} onClose={onClose} />;
	return (
		<Sheet side={isWide.value} title={title} onClose={onClose}>
			<RecordForm collection="jobSites" id={isNew ? null : id} onClose={onClose} autofocus={isNew} />
		</Sheet>
	);
}

const NONE = "A job site is a place where people clock in: with an address, a position, and how near they must be.";

function NoSites({ onNew }) {
	if (!status.value?.loaded)
		return <Waiting />;
	const action = onNew && <Button kind="primary" icon="plus" onClick={onNew}>New site</Button>;
	return <Empty icon="pin" text={NONE} action={action} />;
}

export function Sites() {
	const { place, problem, asking, ask } = usePlace(false);
	const [opened, setOpened] = useState(null), [clocking, setClocking] = useState(null);
	const open = nearestSites(sites.value, place);
	const list = [...open, ...sites.value.filter((site) => site.status === "inactive")];
	const mayEdit = may("create", "jobSites");
	const add = mayEdit ? () => setOpened("new") : null;
	const hasPicture = place && open.some((site) => site.place);
	const openSite = (site) => {
		if (mayEdit || past.value)
			setOpened(site.id);
		else if (site.status !== "inactive" && may("create", "workSessions"))
			setClocking(site);
	};
	useKeys(add ? { n: ["New job site", add] } : {});
	return (
		<section class="sites stack gap-5 on-top" data-around={hasPicture ? "true" : undefined}>
			<div class="sites-list stack">
				<div class="flow gap-3 on-foot">
					{list.length > 0 && (
						<Button icon="locate" busy={asking} onClick={ask}>
							{place ? "Check again" : "Show distances"}
						</Button>
					)}
					{add && list.length > 0 && <Button icon="plus" onClick={add}>New site</Button>}
				</div>
				{problem && <Notice kind="warn" icon="locate">{problem}</Notice>}
				{list.length === 0 && <NoSites onNew={add} />}
				<List
					items={list}
					keyOf={(site) => site.id}
					height={72}
					label="Job sites"
					row={(site) => (
						<Site
							site={site} place={place} onOpen={openSite}
							onClock={setClocking}
						/>
					)}
				/>
			</div>
			{hasPicture && <Around list={open} place={place} onOpen={openSite} />}
			{opened && <SiteForm id={opened} onClose={() => setOpened(null)} />}
			{clocking && <ClockIn site={clocking} may={makeWay} onClose={() => setClocking(null)} />}
		</section>
	);
}
