// What the keyboard can do, on this screen and everywhere.

import { Sheet } from "../ui/index.js";
import { knownKeys } from "../base/keys.js";

const modifier = /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl";

const PALETTE = [`${modifier} K`, "Go to, find, or do anything"];
const PLACES = [
	["G T", "Today"], ["G W", "Working time"], ["G F", "Fleet"], ["G M", "All records"], ["G S", "Settings"],
];
const NAMES = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Enter: "Enter", Delete: "Del" };

function nameOf(key) {
	return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

function Keys({ title, rows }) {
	if (rows.length === 0)
		return null;
	return (
		<section class="keys">
			<h3>{title}</h3>
			<dl>
				{rows.map(([keys, words]) => (
					<div key={words} class="line ends ruled">
						<dt>{words}</dt>
						<dd class="line gap-1">
							{keys
								.split(" ")
								.map((key) => <kbd key={key}>{nameOf(key)}</kbd>)}
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

export default function Help({ onClose }) {
	const { own, general } = knownKeys();
	return (
		<Sheet title="Keyboard shortcuts" onClose={onClose}>
			<Keys title="On this screen" rows={own} />
			<Keys title="Everywhere" rows={[PALETTE, ...general, ["Esc", "Close what lies on top"]]} />
			<Keys title="Go to" rows={PLACES} />
		</Sheet>
	);
}
