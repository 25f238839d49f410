// Clocking in at a job site: how far away the person is, in words, and a photo if the site requires one.  There is no
// map, because only the distance counts, and how exactly this device knows it.

import { useEffect, useState } from "preact/hooks";
import {
	Button, Empty, Field, FileInput, FilesComing, Icon, Notice, Sheet, TextInput, formatDistance, useFilesFirst,
} from "../ui/index.js";
import { OnceLoaded } from "../base/once-loaded.jsx";
import { space } from "../base/state.js";
import { atSite, nearestSites } from "./sessions.js";
import { sites, start } from "./data.js";
import { PATIENCE, UNANSWERED, findPlace } from "./place.js";

/**
 * Where this device is: {place, problem, asking, ask}.  atOnce: asks when the screen opens, else when ask() is called.
 */
export function usePlace(atOnce = true) {
	const [state, setState] = useState({ place: null, problem: null, asking: atOnce });
	const ask = () => {
		setState((was) => ({ ...was, asking: true, problem: null }));
		// The browser's timeout starts only after the person has given permission, and they may never answer.
		const giveUp = () => setState((was) => ({ ...was, problem: UNANSWERED, asking: false }));
		const unanswered = setTimeout(giveUp, PATIENCE);
		return findPlace()
			.then(
				(place) => setState({ place, problem: null, asking: false }),
				(error) => setState({ place: null, problem: error.message, asking: false })
			)
			.finally(() => clearTimeout(unanswered));
	};
	useEffect(() => {
		if (atOnce)
			ask();
	}, []);
	return { ...state, ask };
}

/** "42 m from Site Nord, inside 100 m". */
function whereInWords(site, place) {
	const { distance, radius, inside } = atSite(site, place);
	if (distance === null)
		return site.place ? "Distance not known yet" : "No place is set for this site";
	const side = inside ? "inside" : "outside";
	return `${formatDistance(distance)} from ${site.name}, ${side} ${formatDistance(radius)}`;
}

function SiteOne({ site, place, onChoose }) {
	const { distance, inside } = atSite(site, place);
	const address = [site.address, site.city].filter(Boolean).join(", ");
	return (
		<button
			type="button" class="site-one over-1 bare line gap-3 full ruled faint-icon"
			onClick={() => onChoose(site)}
		>
			<Icon name="pin" />
			<span class="stack gap-0 grow">
				<span class="medium" dir="auto">{site.name}</span>
				<span class="small soft" dir="auto">{address || whereInWords(site, place)}</span>
			</span>
			{distance !== null && (
				<span class={inside ? "far tight bold unbroken good" : "far tight bold unbroken"}>
					{formatDistance(distance)}
					{inside && <small>here</small>}
				</span>
			)}
		</button>
	);
}

function SiteChoice({ list, place, onChoose }) {
	return (
		<ul role="list">
			{list.map((site) => (
				<li key={site.id}>
					<SiteOne site={site} place={place} onChoose={onChoose} />
				</li>
			))}
		</ul>
	);
}

function SiteSheet({ place, problem, asking, onChoose, onClose }) {
	const list = nearestSites(sites.value, place);
	return (
		<Sheet title="Where do you clock in?" onClose={onClose}>
			{asking && <p class="hint" role="status">Looking for where you are…</p>}
			{problem && <Notice kind="warn" icon="locate">{problem}</Notice>}
			{list.length > 0 ? (
				<SiteChoice list={list} place={place} onChoose={onChoose} />
			) : (
				<OnceLoaded><Empty icon="pin" text="No job site is open." /></OnceLoaded>
			)}
		</Sheet>
	);
}

// The distance in large figures, and whether it is inside the fence.
function Where({ site, place, asking }) {
	const { distance, radius, inside } = atSite(site, place);
	if (!site.place)
		return <p class="soft">No place is set for this site, so nobody's distance is checked.</p>;
	if (distance === null)
		return (
			<p class="soft" role="status">
				{asking ? "Looking for where you are…" : "How far away you are is not known."}
			</p>
		);
	return (
		<div class="where" data-inside={String(inside)}>
			<p class="hero">{formatDistance(distance)}</p>
			<p class={inside ? "line snug good" : "line snug warn"}>
				<Icon name={inside ? "good" : "warn"} size={16} />
				<span>
					from <bdi>{site.name}</bdi>, {inside ? "inside" : "outside"}{" "}
					{formatDistance(radius)}
				</span>
			</p>
			<p class="hint">Your position is known to {formatDistance(place.accuracy)}.</p>
		</div>
	);
}

// Why the person cannot clock in, in words, or null.
function hindrance(site, { place, asking }, photo) {
	const { inside, refused } = atSite(site, place);
	if (refused && inside === false)
		return "You are too far away to clock in here.";
	if (refused && !asking)
		return "This site wants to know where you are before you clock in.";
	return site.requirePhoto && !photo ? "This site asks for a photo." : null;
}

/** wish: what the timer is for, beside the site.  may(kind): whether a timer may start. */
export function ClockIn({ site: given, wish = {}, may = async () => true, onClose, onDone = () => {} }) {
	const { place, problem, asking, ask } = usePlace();
	const [site, setSite] = useState(given);
	const [note, setNote] = useState(wish.note ?? "");
	const [photo, setPhoto] = useState(null);
	const [busy, setBusy] = useState(false);
	const files = useFilesFirst(begin);
	if (!site)
		return (
			<SiteSheet
				place={place} problem={problem} asking={asking} onChoose={setSite} onClose={onClose}
			/>
		);
	const why = hindrance(site, { place, asking }, photo), isOutside = atSite(site, place).inside === false;
	const isFinding = asking && !place && Boolean(site.place);

	async function begin() {
		if (files.wait())
			return;
		setBusy(true);
		const op = await may() && await start({ ...wish, kind: "work", jobSite: site.id, note, place, photo });
		setBusy(false);
		if (op) {
			onDone();
			onClose();
		}
	}

	return (
		<Sheet
			title={site.name}
			onClose={onClose}
			actions={
				<Button
					kind="primary" wide icon="play" busy={busy || files.isWaiting}
					disabled={Boolean(why) || isFinding} onClick={begin}
				>
					Clock in
				</Button>
			}
		>
			<div class="entry stack">
				<Where site={site} place={place} asking={asking} />
				{problem && (
					<Notice
						kind="warn"
						icon="locate"
						action={<Button small onClick={ask}>Try again</Button>}
					>
						{problem}
					</Notice>
				)}
				{isOutside && (
					<Notice
						kind={why ? "bad" : "warn"}
						action={<Button small busy={asking} onClick={ask}>Check again</Button>}
					>
						{why ?? "You are outside. You can clock in; it will be marked."}
					</Notice>
				)}
				{(site.requirePhoto || photo) && (
					<Field label="Photo" required={Boolean(site.requirePhoto)}>
						<FilesComing.Provider value={files.coming}>
							<FileInput
								value={photo} label="Photo"
								add={(blob) => space.value.addFile(blob)}
								read={(name) => space.value.file(name)}
								onInput={setPhoto}
							/>
						</FilesComing.Provider>
					</Field>
				)}
				<Field label="Note">
					<TextInput
						value={note} maxLength={500} onInput={(text) => setNote(text ?? "")}
					/>
				</Field>
				{why && !isOutside && <p class="hint">{why}</p>}
			</div>
		</Sheet>
	);
}
