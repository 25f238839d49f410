// Job sites without a map: from here, the nearest first, each with its distance and its fence in words; and as a picture of how far each
// is and in which direction.

import { useState } from "preact/hooks";
import { Button, Empty, Icon, List, Notice, Sheet, Tag, Waiting, formatDistance, isWide } from "../ui/index.js";
import { useKeys } from "../base/keys.js";
import { keyOf, may, news, status } from "../base/state.js";
import { RecordForm } from "../generic/index.js";
import { ClockIn, usePlace } from "./clock.jsx";
import { atSite, bearing, nearestSites } from "./sessions.js";
import { sites } from "./data.js";

const SIZE = 280, MIDDLE = SIZE / 2, RINGS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]; // pixels; metres
const NAMED = 18; // letters of a name in the picture

function addressOf(site) {
	return [site.address, site.city].filter(Boolean).join(", ");
}

// How far from the middle a distance is drawn: each ring is ten times as far as the one within, the last is at the edge.
function reachOf(rings) {
	const decades = Math.log10(rings.at(-1) / 10);
	return (metres) => Math.min(1, Math.log10(Math.max(metres, 10) / 10) / decades) * (MIDDLE - 20);
}

// Where a site stands in the picture, north up.
function spotOf(site, place, reach) {
	const { distance, inside } = atSite(site, place), angle = bearing(place, site.place) * Math.PI / 180;
	return { site, distance, inside, x: MIDDLE + Math.sin(angle) * reach(distance), y: MIDDLE - Math.cos(angle) * reach(distance) };
}

function shortName(name) {
	return name.length > NAMED ? [...name].slice(0, NAMED - 1).join("") + "…" : name;
}

const SLANT = Math.SQRT1_2; // the words of the rings stand north-west, where few look

function Around({ list, place, onOpen }) {
	const placed = list.filter((site) => site.place);
	const farthest = Math.max(...placed.map((site) => atSite(site, place).distance));
	const rings = RINGS.filter((ring, at) => at < 2 || RINGS[at - 1] < farthest), reach = reachOf(rings);
	const spots = placed.map((site) => spotOf(site, place, reach));
	return (
		<figure class="around" aria-label="Job sites around you">
			<svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
				{rings.map((ring) => <circle key={ring} class="around-ring" cx={MIDDLE} cy={MIDDLE} r={reach(ring)} />)}
				{rings.map((ring) => <text key={ring} class="around-far" x={MIDDLE - reach(ring) * SLANT} y={MIDDLE - reach(ring) * SLANT + 3}>{formatDistance(ring)}</text>)}
				<text class="around-far" x={MIDDLE} y={12}>N</text>
				<circle class="around-you" cx={MIDDLE} cy={MIDDLE} r={6} />
				{spots.map(({ site, inside, x, y }) => <circle key={site.id} class="around-site" data-inside={String(inside)} cx={x} cy={y} r={7} onClick={() => onOpen(site)} />)}
				{spots.slice(0, 5).map(({ site, x, y }) => <text key={site.id} class="around-name" x={x + (x > MIDDLE ? -11 : 11)} y={y + 4} text-anchor={x > MIDDLE ? "end" : "start"}>{shortName(site.name)}</text>)}
			</svg>
			<figcaption class="hint">You are in the middle, north is up; each ring is ten times as far. Your position is known to {formatDistance(place.accuracy)}.</figcaption>
		</figure>
	);
}

function fenceWords(site) {
	return `within ${formatDistance(site.radius ?? 100)}${(site.outside ?? "refuse") === "refuse" ? "" : ", else marked"}`;
}

function Site({ site, place, onOpen, onClock }) {
	const { distance, inside } = atSite(site, place), isClosed = site.status === "inactive";
	return (
		<div class={news.value.has(keyOf("jobSites", site.id)) ? "row glow" : "row"} data-closed={isClosed ? "true" : undefined}>
			<button type="button" class="row-open site-row" onClick={() => onOpen(site)}>
				<span class="row-icon"><Icon name="pin" /></span>
				<span class="row-words">
					<span class="row-title" dir="auto">{site.name}</span>
					<span class="row-meta">{[site.place ? fenceWords(site) : "no place set", site.requirePhoto && "with photo", addressOf(site)].filter(Boolean).map((text) => <bdi key={text}>{text}</bdi>)}</span>
				</span>
				<span class="row-trail">{isClosed ? <Tag>closed</Tag> : distance !== null && <span class="site-far" data-inside={String(inside)}>{formatDistance(distance)}{inside && <small>here</small>}</span>}</span>
			</button>
			{!isClosed && may("create", "workSessions") && <div class="row-actions"><Button small icon="play" aria-label={`Clock in at ${site.name}`} onClick={() => onClock(site)}>Clock in</Button></div>}
		</div>
	);
}

export function Sites() {
	const { place, problem, asking, ask } = usePlace(false);
	const [opened, setOpened] = useState(null), [clocking, setClocking] = useState(null);
	const open = nearestSites(sites.value, place), list = [...open, ...sites.value.filter((site) => site.status === "inactive")];
	const mayEdit = may("create", "jobSites");
	const openSite = (site) => (mayEdit ? setOpened(site.id) : site.status !== "inactive" && may("create", "workSessions") && setClocking(site));
	useKeys(mayEdit ? { n: ["New job site", () => setOpened("new")] } : {});
	return (
		<section class="sites" data-around={place && open.some((site) => site.place) ? "true" : undefined}>
			<div class="sites-list">
				<div class="sites-head">
					{list.length > 0 && <Button icon="locate" busy={asking} onClick={ask}>{place ? "Look again" : "How far am I?"}</Button>}
					{mayEdit && list.length > 0 && <Button icon="plus" onClick={() => setOpened("new")}>New site</Button>}
				</div>
				{problem && <Notice kind="warn" icon="locate">{problem}</Notice>}
				{list.length === 0 && (status.value?.loaded ? <Empty icon="pin" text="A job site is a place where people clock in: with an address, a position, and how near they must be."
					action={mayEdit && <Button kind="primary" icon="plus" onClick={() => setOpened("new")}>New site</Button>} /> : <Waiting />)}
				<List items={list} keyOf={(site) => site.id} height={72} label="Job sites" row={(site) => <Site site={site} place={place} onOpen={openSite} onClock={setClocking} />} />
			</div>
			{place && open.some((site) => site.place) && <Around list={open} place={place} onOpen={openSite} />}
			{opened && <Sheet side={isWide.value} title={opened === "new" ? "New job site" : sites.value.find((site) => site.id === opened)?.name ?? "Job site"} onClose={() => setOpened(null)}>
				<RecordForm collection="jobSites" id={opened === "new" ? null : opened} onClose={() => setOpened(null)} autofocus={opened === "new"} />
			</Sheet>}
			{clocking && <ClockIn site={clocking} onClose={() => setClocking(null)} />}
		</section>
	);
}
