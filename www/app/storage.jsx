// How much this space holds, and how much it may hold: for its managers.

import { Bar, Notice, Trouble, Waiting } from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { askHolding, percentOf } from "./holding.js";
import { space } from "../base/state.js";
import { sentence } from "../base/words.js";

const TONES = { near: "warn", full: "bad" };

function Part({ part }) {
	const { title, words, help, full, of, level } = part;
	return (
		<section class="group stack">
			<div class="flow ends gap-3">
				<h2>{title}</h2>
				<span class="small">{words}</span>
			</div>
			{part.part !== null && (
				<Bar part={part.part} label={`${percentOf(part)} used`} tone={TONES[level]} />
			)}
			{level === "full" && <Notice kind="bad">{full}</Notice>}
			{level === "near" && (
				<Notice kind="warn">
					{percentOf(part)} of the limit for {of} is used. Ask your administrator to
					raise it before it’s reached.
				</Notice>
			)}
			<p class="hint">{help}</p>
		</section>
	);
}

export default function Storage() {
	const { id } = space.value;
	const { data, error, ask } = useAsked(() => askHolding(id), id);
	if (!data)
		return error ? <Trouble text={sentence(error)} onRetry={ask} /> : <Waiting rows={3} />;
	return (
		<div class="stack gap-6">
			{data.map((part) => <Part key={part.name} part={part} />)}
		</div>
	);
}
