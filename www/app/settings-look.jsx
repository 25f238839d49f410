// The colours of the app on this device, and how it writes numbers and dates.

import { Field, Segments, Select, formatDate, formatMoney, formatNumber, formatTime } from "../ui/index.js";
import { REGIONS, keepLocale, readLocale } from "../base/preferences.js";
import { chooseTheme, theme } from "./theme.js";

function regionName(code) {
	const name = new Intl.DisplayNames(["en"], { type: "region" }).of(code.slice(3));
	const language = new Intl.DisplayNames(["en"], { type: "language" }).of(code.slice(0, 2));
	return `${name}, ${language}`;
}

function choose(value) {
	keepLocale(value || null);
	location.reload();
}

const THEMES = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];

export default function Look() {
	const samples = [
		["Date", formatDate(new Date().toISOString(), { dateStyle: "full" })],
		["Time", formatTime(Date.now())],
		["Number", formatNumber(12345.6, 1)],
		["Money", formatMoney(123456, "EUR")],
	];
	return (
		<div class="stack gap-6">
			<section class="group stack">
				<Field label="Colours">
					<Segments value={theme.value} onInput={chooseTheme} options={THEMES} />
				</Field>
			</section>
			<section class="group stack">
				<Field
					label="Numbers and dates as in"
					help="The words of the app are English everywhere."
				>
					<Select
						value={readLocale()} onInput={choose}
						empty={`The browser’s own (${navigator.language})`}
						options={REGIONS.map((code) => [code, regionName(code)])}
					/>
				</Field>
				<dl class="facts">
					{samples.map(([name, value]) => (
						<div key={name}>
							<dt>{name}</dt>
							<dd>{value}</dd>
						</div>
					))}
				</dl>
			</section>
		</div>
	);
}
