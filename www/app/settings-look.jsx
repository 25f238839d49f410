// How the app looks on this device, and how it writes numbers and dates.

import { Field, Segments, formatDate, formatMoney, formatNumber, formatTime } from "../ui/index.js";
import { chooseTheme, theme } from "./theme.js";

export default function Look() {
	const samples = [
		["Date", formatDate(new Date().toISOString().slice(0, 10))],
		["Time", formatTime(Date.now())],
		["Number", formatNumber(12345.6, { scale: 1 })],
		["Money", formatMoney(123456, "EUR")],
	];
	return (
		<div class="groups">
			<section class="group">
				<Field label="Colours">
					<Segments value={theme.value} onInput={chooseTheme} options={[["system", "As the system"], ["light", "Light"], ["dark", "Dark"]]} />
				</Field>
			</section>
			<section class="group">
				<h3>Language and region</h3>
				<p class="hint">Written as your browser is set ({navigator.language}). To change it, change the browser’s language.</p>
				<dl class="facts">{samples.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
			</section>
		</div>
	);
}
