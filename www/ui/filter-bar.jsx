// Filters as chips with counts, a search, and a button that clears all of it.

import { Icon } from "./icon.jsx";
import { useId } from "preact/hooks";
import { formatNumber } from "./format.js";

/** filters: [{key, label, count, on, onToggle}].  query, onQuery: of the search; without onQuery there is none. */
export function FilterBar({ filters = [], query, onQuery, onClear, placeholder = "Search", label = "Search" }) {
	const id = useId();
	const isOn = Boolean(query) || filters.some((filter) => filter.on);
	return (
		<div class="filter-bar flow" role="search">
			{onQuery && (
				<span class="filter-search anchor">
					<Icon name="search" size={16} />
					<label class="unseen" for={id}>{label}</label>
					<input
						id={id} class="input" type="search" data-search value={query ?? ""}
						placeholder={placeholder} autocomplete="off" spellcheck={false}
						enterkeyhint="search"
						onInput={(event) => onQuery(event.currentTarget.value)}
					/>
				</span>
			)}
			<div class="filter-chips slide grow">
				{filters.map(({ key, label: words, count, on, onToggle }) => (
					<button
						key={key} type="button" class="filter-chip line fixed small soft"
						aria-pressed={Boolean(on)}
						onClick={onToggle}
					>
						<bdi>{words}</bdi>
						{count !== undefined && (
							<span class="muted">{formatNumber(count)}</span>
						)}
					</button>
				))}
				{isOn && onClear && (
					<button
						type="button" class="filter-clear line fixed small soft"
						onClick={onClear}
					>
						<Icon name="close" size={16} />
						Clear
					</button>
				)}
			</div>
		</div>
	);
}
