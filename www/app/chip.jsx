// The chip shows whether this device is up to date with the server.  It is quiet when all is well, and opens a sheet
// with the details.

import { useRef } from "preact/hooks";
import { Icon, formatNumber, formatTime, isWide } from "../ui/index.js";
import { minute } from "../base/clock.js";
import { show } from "../base/layer.js";
import { session, status } from "../base/state.js";
import { count } from "../base/words.js";

const FRESH = 60_000; // milliseconds ago that still count as now

// A phone has room for one of two: the time of the failure, or the number of waiting changes.  The time has room only
// after a short word.
function away(word, now) {
	const hasRoom = isWide.value || (now.waiting === 0 && word.length < 8);
	const since = now.failedAt && hasRoom ? ` since ${formatTime(now.failedAt)}` : "";
	return word + since + waits(now);
}

// How long ago this device was up to date, by its own clock.  `minute` is read only so that the words are drawn again.
function age(lastAt) {
	const ago = minute.value && Date.now() - lastAt;
	if (ago < FRESH)
		return "now";
	return ago < 60 * 60_000 ? `${Math.floor(ago / 60_000)} min` : formatTime(lastAt);
}

// A change counts as waiting once it is stored on this device.
function waits({ waiting, storing }) {
	if (waiting > 0)
		return `, ${waiting} waiting`;
	return storing > 0 ? ", saving" : "";
}

const loadingWords = ({ loading }) => (loading > 0 ? `Loading ${formatNumber(loading)}` : "Loading");

// What the chip shows, the most urgent first: [when, kind, icon, words].
const STATES = [
	[(now) => now.gone, "bad", "bad", () => "No longer yours"],
	[(now) => now.question, "warn", "help", () => "Confirm deletion"],
	[(now) => now.conflicts > 0, "warn", "swap", (now) => count(now.conflicts, "conflict")],
	[(now) => now.failed > 0, "bad", "bad", (now) => `${now.failed} failed`],
	[() => session.value.status === "expired", "warn", "lock", (now) => "Signed out" + waits(now)],
	[(now) => now.trouble === "offline", "warn", "offline", (now) => away("Offline", now)],
	[(now) => now.trouble === "restoring", "warn", "sync", () => "Coming back"],
	[(now) => now.trouble, "warn", "offline", (now) => away("No server", now)],
	[(now) => now.loading !== null, "busy", "sync", loadingWords],
	[(now) => now.waiting > 0, "busy", "sync", (now) => `${now.waiting} waiting`],
	[(now) => now.storing > 0, "busy", "sync", () => "Saving"],
	[(now) => now.past && now.past.found !== "restored", "bad", "bad", () => "History changed"],
	[(now) => now.past?.kept > 0, "warn", "help", (now) => `${formatNumber(now.past.kept)} differ`],
	[(now) => now.kept, "warn", "help", (now) => `${formatNumber(now.kept.deletes)} kept`],
	[(now) => now.lastAt, "well", null, (now) => age(now.lastAt)],
	[() => true, "busy", "sync", () => "Connecting"],
];

const TONES = { well: "muted", busy: "soft", warn: "warn", bad: "bad" };

/** {kind, icon, words} of a status. */
export function chipOf(now) {
	const [, kind, icon, words] = STATES.find(([when]) => when(now));
	return { kind, icon, words: words(now) };
}

// Where there is room for only one half of the words, the styles hide the part after the comma.  Beside the icon of
// "offline" they hide the part before it.
function Words({ text }) {
	const at = text.indexOf(", ");
	if (at < 0)
		return <span class="chip-words">{text}</span>;
	return (
		<span class="chip-words">
			<span class="chip-first">{text.slice(0, at)}</span>
			<span class="chip-comma">, </span>
			<span class="chip-more">{text.slice(at + 2)}</span>
		</span>
	);
}

// What a screen reader says: once when something goes wrong, and once when it is over.
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
			<button
				type="button" class={`chip bare line snug touch small medium unbroken ${TONES[kind]}`}
				data-kind={kind} data-icon={icon ?? undefined}
				aria-label={kind === "well" ? `Up to date, ${words}` : words} aria-haspopup="dialog"
				onClick={() => show("chip")}
			>
				{icon ? <Icon name={icon} size={16} /> : <span class="chip-dot" aria-hidden="true" />}
				<Words text={words} />
			</button>
		</>
	);
}

export function Chip() {
	return status.value && <Shown now={status.value} />;
}
