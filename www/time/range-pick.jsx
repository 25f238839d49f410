// The days of a report: by name, or from one date to another.  They are in the address.

import { DateInput, Field, Segments, Select, isNarrow } from "../ui/index.js";
import { setQuery } from "../base/router.jsx";
import { RANGES, withDay } from "./ranges.js";

const OTHER = "other"; // days without a name

/** range: of rangeOf; query: of the address; end: what stands at the end of the line. */
export function RangePick({ range, query, end }) {
	const pick = (name) => (day) => day && setQuery({ range: null, ...withDay(range, name, day) });
	const choose = (name) => setQuery(name === OTHER ? { range: null, from: range.from, to: range.to, dates: "1" }
		: { range: name, from: null, to: null, dates: null });
	// A phone shows the dates only if they have no name, or were asked for.
	const hasDates = !isNarrow.value || range.range === null || Boolean(query.dates);
	return (
		<div class="range-pick flow gap-3 on-foot no-print">
			{isNarrow.value && end}
			{isNarrow.value ? (
				<Select
					label="Days" value={hasDates ? OTHER : range.range}
					options={[...RANGES, [OTHER, "Other days"]]} onInput={choose}
				/>
			) : (
				<Segments label="Days" fit value={range.range} options={RANGES} onInput={choose} />
			)}
			{hasDates && (
				<div class="pair">
					{[["from", "From"], ["to", "To"]].map(([name, label]) => (
						<Field key={name} label={label}>
							<DateInput value={range[name]} onInput={pick(name)} />
						</Field>
					))}
				</div>
			)}
			{!isNarrow.value && <span class="push">{end}</span>}
		</div>
	);
}
