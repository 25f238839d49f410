// One of a few named colours, as dots to choose from.  Each has its name: for screen readers, and as a title.

import { useId } from "preact/hooks";
import { useGroup } from "./field.jsx";

/** colour: a name that tokens.css has.  Words stand beside the dot: it is never the only sign of something. */
export function ColourDot({ colour }) {
	return <span class="colour-dot fixed" data-colour={colour ?? "grey"} aria-hidden="true" />;
}

/** options: [value, label].  A press on the chosen one takes the choice back, if emptiable. */
export function ColourInput({ value, onInput, options, name, label, disabled, emptiable = true }) {
	const own = useId();
	const drop = (one) => (event) => {
		if (!emptiable || one !== value)
			return;
		event.preventDefault();
		onInput(null);
	};
	return (
		<div class="colours flow gap-1" role="radiogroup" {...useGroup({ label })}>
			{options.map(([one, words]) => (
				<label
					key={one} class="colour covered centre" title={words}
					data-on={one === value ? "true" : undefined}
				>
					<input
						class="cover" type="radio" name={name ?? own} value={one}
						aria-label={words} checked={one === value} disabled={disabled}
						onChange={() => onInput(one)} onClick={drop(one)}
					/>
					<ColourDot colour={one} />
				</label>
			))}
		</div>
	);
}
