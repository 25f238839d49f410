// The frame around the forms of the door: the name of the app, a title, and in wide windows the day and the time.

import { useEffect } from "preact/hooks";
import { formatDate, formatTime } from "../ui/index.js";
import { minute } from "../base/clock.js";

export function Brand() {
	return (
		<p class="brand line bold">
			<svg
				class="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"
				focusable="false"
			>
				<rect width="32" height="32" rx="7" />
				<path d="M9 8h13a2 2 0 0 1 2 2v14H11a2 2 0 0 1-2-2zM9 22a2 2 0 0 1 2-2h13M13 13h7" />
			</svg>
			Daybook
		</p>
	);
}

// The figures of a time are large; the words of a clock of twelve hours are not.
function Clock() {
	const parts = formatTime(minute.value).split(/(\s)/);
	return (
		<p class="door-clock">
			{parts.map((part, at) => (/\p{L}/u.test(part) ? <small key={at}>{part}</small> : part))}
		</p>
	);
}

function Today() {
	return (
		<div class="door-day wide-only" aria-hidden="true">
			<Clock />
			<p class="door-date soft">
				{formatDate(minute.value, { weekday: "long", day: "numeric", month: "long" })}
			</p>
			<p class="door-line above-5 muted">The day’s work, the same on every device.</p>
		</div>
	);
}

/** name: the title of the window, if `title` is more than a text. */
export function DoorFrame({ title, name = title, foot, wide = false, children }) {
	useEffect(() => {
		document.title = `${name} · Daybook`;
	}, [name]);
	return (
		<main class={wide ? "door door-wide scroll" : "door scroll"}>
			<div class="door-pane stack">
				<Brand />
				<div class="door-content stack gap-5">
					<h1>{title}</h1>
					{children}
				</div>
				{foot && <div class="door-foot flow soft">{foot}</div>}
			</div>
			<Today />
		</main>
	);
}
