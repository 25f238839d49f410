// The button that names the space on the screen, and opens the list of spaces.

import { Icon } from "../ui/index.js";
import { show } from "../base/layer.js";
import { elsewhere, spaceInfo } from "../base/state.js";
import { initials } from "../base/words.js";

/** A square with the letters of a space. */
export function SpaceMark({ info }) {
	return (
		<span class="mark-space unbroken disc" data-kind={info.kind} aria-hidden="true">
			{info.kind === "personal" ? <Icon name="person" size={16} /> : initials(info.name)}
		</span>
	);
}

export function SpaceButton({ wide = false }) {
	const info = spaceInfo.value;
	if (!info)
		return null;
	const waits = elsewhere.value ? ", something waits in another one" : "";
	return (
		<button
			type="button"
			class={`space-button anchor bare ${wide ? "space-wide line gap-3 faint-icon" : "centre fixed"}`}
			aria-haspopup="dialog" aria-label={`Space: ${info.name}${waits}`} onClick={() => show("spaces")}
		>
			<SpaceMark info={info} />
			{wide && <span class="small bold cut grow">{info.name}</span>}
			{wide && <Icon name="sort" size={16} />}
			{elsewhere.value && <span class="mark-dot" aria-hidden="true" />}
		</button>
	);
}
