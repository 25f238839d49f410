// Which lists something is about.

import { Check } from "../ui/index.js";
import { definition } from "../base/state.js";

/** names: the lists to choose from.  words: what the choice says while it is folded.  about: for screen readers. */
export function ListsChoice({ names, chosen, onInput, words, about }) {
	const turn = (name, isOn) => onInput(isOn ? [...chosen, name] : chosen.filter((one) => one !== name));
	const list = (name) => (
		<Check key={name} value={chosen.includes(name)} onInput={(isOn) => turn(name, isOn)}>
			{definition(name)?.label ?? name}
		</Check>
	);
	return (
		<details class="fold">
			<summary class="link small">{words}</summary>
			<fieldset class="lists-choice bare columns gap-2">
				<legend class="unseen">{about}</legend>
				{names.map(list)}
			</fieldset>
		</details>
	);
}
