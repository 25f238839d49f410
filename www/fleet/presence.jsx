// Who is looking at the board.  While it is open, the server is told once a minute and answers who else is there.

import { useEffect, useState } from "preact/hooks";
import { engine, past, personName, session, space, status } from "../base/state.js";

const BEAT = 60_000; // milliseconds

export function usePresence() {
	const [people, setPeople] = useState([]);
	const id = space.value?.id;
	useEffect(() => {
		const here = space.value;
		if (!here || here.info.kind !== "team")
			return undefined;
		const beat = async () => {
			if (document.visibilityState !== "visible" || here.status.trouble)
				return;
			try {
				const body = { deviceInfo: engine.device.name.slice(0, 200) };
				await here.request("POST", "/presence", { body });
				setPeople((await here.request("GET", "/presence")).data.people);
			} catch {
				// It is not worth an error message: the next beat asks again.
			}
		};
		beat();
		const timer = setInterval(beat, BEAT);
		return () => {
			clearInterval(timer);
			if (!here.status.trouble)
				here.request("POST", "/presence", { body: { end: true } }).catch(() => {});
		};
	}, [id]);
	return people;
}

function initialsOf(name) {
	return name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
}

function Others() {
	const people = usePresence().filter((one) => one.user !== session.value.user?.id);
	if (people.length === 0 || status.value?.trouble)
		return null;
	const names = people.map((one) => one.name ?? personName(one.user));
	return (
		<p class="line hair" title={names.join(", ")}>
			{names.slice(0, 4).map((name, at) => (
				<span key={at} class="presence-one disc" aria-hidden="true">{initialsOf(name)}</span>
			))}
			<span class="presence-words hint unbroken">
				{names.length === 1 ? `${names[0]} is here too` : `${names.length} others are here`}
			</span>
		</p>
	);
}

/** The others who are looking at the board, as initials: at the board of now. */
export function Presence() {
	return past.value ? null : <Others />;
}
