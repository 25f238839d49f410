// The chip: small and quiet when all is well, clear when it is not.  It opens a sheet that tells the rest.

import { useRef } from "preact/hooks";
import { Icon, formatNumber, formatTime, isWide } from "../ui/index.js";
import { minute } from "../base/clock.js";
import { show } from "../base/layer.js";
import { session, status } from "../base/state.js";
import { count } from "../base/words.js";

const FRESH = 60_000; // milliseconds that are "now"

// On a phone there is room for one of both, since when or how much waits, and for the former only after a short word.
function away(word, now) {
	const since = now.failedAt && (isWide.value || (now.waiting === 0 && word.length < 8)) ? ` since ${formatTime(now.failedAt)}` : "";
	return word + since + waits(now);
}

// When this device was last in step is told by its own clock; minute only says that time went on.
function age(lastAt) {
	const ago = minute.value && Date.now() - lastAt;
	if (ago < FRESH)
		return "now";
	return ago < 60 * 60_000 ? `${Math.floor(ago / 60_000)} min` : formatTime(lastAt);
}

// Only of what is on this device it is said that it waits.
const waits = (now) => now.waiting > 0 ? `, ${now.waiting} waiting` : now.storing > 0 ? ", saving" : "";

// What the chip says, the most urgent first: [when, kind, icon, words].
const STATES = [
	[(now) => now.gone, "bad", "bad", () => "No longer yours"],
	[(now) => now.question, "warn", "help", () => "Needs your word"],
	[(now) => now.conflicts > 0, "warn", "swap", (now) => count(now.conflicts, "conflict")],
	[(now) => now.failed > 0, "bad", "bad", (now) => `${now.failed} failed`],
	[() => session.value.status === "expired", "warn", "lock", (now) => "Signed out" + waits(now)],
	[(now) => now.trouble === "offline", "warn", "offline", (now) => away("Offline", now)],
	[(now) => now.trouble === "restoring", "warn", "sync", () => "Coming back"],
	[(now) => now.trouble, "warn", "offline", (now) => away("No server", now)],
	[(now) => now.loading !== null, "busy", "sync", (now) => now.loading > 0 ? `Loading ${formatNumber(now.loading)}` : "Loading"],
	[(now) => now.waiting > 0, "busy", "sync", (now) => `${now.waiting} waiting`],
	[(now) => now.storing > 0, "busy", "sync", () => "Saving"],
	[(now) => now.lastAt, "well", null, (now) => age(now.lastAt)],
	[() => true, "busy", "sync", () => "Connecting"],
];

/** {kind, icon, words} of a status. */
export function chipOf(now) {
	const [, kind, icon, words] = STATES.find(([when]) => when(now));
	return { kind, icon, words: words(now) };
}

// Where there is no room for both, what comes after the comma is left out; beside the crossed-out cloud, what stands before it.
function Words({ text }) {
	const at = text.indexOf(", ");
	return <span class="chip-words">{at < 0 ? text : <><span class="chip-first">{text.slice(0, at)}</span><span class="chip-comma">, </span><span class="chip-more">{text.slice(at + 2)}</span></>}</span>;
}

// What a person who does not see the chip is told: that something is wrong, once, and that it is over.
function useSaid({ kind, words }) {
	const said = useRef("");
	if (kind === "warn" || kind === "bad")
		said.current = words.split(",")[0];
	else if (kind === "well" && said.current)
		said.current = "Up to date";
	return said.current;
}

function Shown({ now }) {
	const { kind, icon, words } = chipOf(now), said = useSaid({ kind, words });
	return (
		<>
			<span class="unseen" role="status">{said}</span>
			<button type="button" class="chip" data-kind={kind} data-icon={icon ?? undefined} onClick={() => show("chip")} aria-label={kind === "well" ? `Up to date, ${words}` : words} aria-haspopup="dialog">
				{icon ? <Icon name={icon} size={16} /> : <span class="chip-dot" aria-hidden="true" />}
				<Words text={words} />
			</button>
		</>
	);
}

export function Chip() {
	return status.value && <Shown now={status.value} />;
}
