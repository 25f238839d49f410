// Clocking in and out at a job site: where the person is, in words, and a photo where the site asks for one.  There is no map: what
// counts is how far it is, and how well this device knows that.

import { useEffect, useState } from "preact/hooks";
import { Button, Field, FileInput, Notice, Sheet, TextInput, formatDistance } from "../ui/index.js";
import { space } from "../app/state.js";
import { atSite, nearestSites } from "./sessions.js";
import { sites, start } from "./data.js";

const PATIENCE = 20_000; // milliseconds for a position

/** Where this device is: {place, problem, asking, ask}.  Asked only when a person wants it. */
export function usePlace(now = true) {
	const [state, setState] = useState({ place: null, problem: null, asking: false });
	const ask = () => {
		if (!navigator.geolocation || !globalThis.isSecureContext)
			return setState({ place: null, problem: "This browser does not tell where it is.", asking: false });
		setState((was) => ({ ...was, asking: true, problem: null }));
		navigator.geolocation.getCurrentPosition(
			({ coords }) => setState({ place: { lat: coords.latitude, lng: coords.longitude, accuracy: Math.round(coords.accuracy) }, problem: null, asking: false }),
			(error) => setState({ place: null, asking: false, problem: error.code === 1
				? "You have not allowed this page to know where you are. The browser's settings for this site can change that."
				: "Where you are could not be found. Try again in the open." }),
			{ enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 15_000 });
	};
	useEffect(() => {
		if (now)
			ask();
	}, []);
	return { ...state, ask };
}

/** "42 m from Site Nord, inside 100 m". */
export function whereInWords(site, place) {
	const { distance, radius, inside } = atSite(site, place);
	if (distance === null)
		return site.place ? "Distance not known yet" : "No place is set for this site";
	return `${formatDistance(distance)} from ${site.name}, ${inside ? "inside" : "outside"} ${formatDistance(radius)}`;
}

function SiteChoice({ list, place, onChoose }) {
	return (
		<ul class="site-choice">
			{list.map((site) => (
				<li key={site.id}><button type="button" class="site-one" onClick={() => onChoose(site)}>
					<span class="site-name" dir="auto">{site.name}</span>
					<span class="site-where" data-inside={atSite(site, place).inside === false ? "false" : undefined}>{whereInWords(site, place)}</span>
				</button></li>
			))}
		</ul>
	);
}

export function ClockIn({ site: given, note: proposed = "", onClose, onDone }) {
	const { place, problem, asking, ask } = usePlace();
	const [site, setSite] = useState(given), [note, setNote] = useState(proposed), [photo, setPhoto] = useState(null), [busy, setBusy] = useState(false);
	if (!site)
		return (
			<Sheet title="Where do you clock in?" onClose={onClose}>
				{problem && <Notice kind="warn" icon="locate">{problem}</Notice>}
				<SiteChoice list={nearestSites([...sites.value], place)} place={place} onChoose={setSite} />
			</Sheet>
		);
	const { inside, refused } = atSite(site, place);
	const lacksPhoto = site.requirePhoto && !photo;
	const begin = async () => {
		setBusy(true);
		const op = await start({ jobSite: site.id, note, place, photo });
		setBusy(false);
		if (op) {
			onDone();
			onClose();
		}
	};
	return (
		<Sheet title={site.name} onClose={onClose}
			actions={<Button kind="primary" wide icon="play" busy={busy} disabled={refused || lacksPhoto || (asking && !place)} onClick={begin}>Clock in</Button>}>
			<p class="where" data-inside={inside === null ? "unknown" : String(inside)}>{asking && !place ? "Looking for where you are…" : whereInWords(site, place)}
				{place && <small> · known to {formatDistance(place.accuracy)}</small>}</p>
			{problem && <Notice kind="warn" icon="locate" action={<Button small onClick={ask}>Try again</Button>}>{problem}</Notice>}
			{place && inside === false && <Notice kind={refused ? "bad" : "warn"} action={<Button small onClick={ask}>Look again</Button>}>
				{refused ? "You are too far away to clock in here." : "You are outside. You can clock in; it will be marked."}</Notice>}
			<Field label="Photo" required={Boolean(site.requirePhoto)} help={site.requirePhoto ? "This site asks for one." : undefined}>
				<FileInput value={photo} accept="image/*" capture="environment" add={(blob) => space.value.addFile(blob)} load={(sha256) => space.value.file(sha256)} onInput={setPhoto} />
			</Field>
			<Field label="Note"><TextInput value={note} maxLength={500} onInput={(text) => setNote(text ?? "")} /></Field>
		</Sheet>
	);
}
