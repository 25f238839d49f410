// Quick add: a number, Enter, the next number.  Several pasted at once, in lines too, are several cars; the field keeps the focus.

import { useRef, useState } from "preact/hooks";
import { Button, Select, toast } from "../ui/index.js";
import { numbersIn } from "./board.js";
import { add, locations } from "./data.js";

function countOf(ids) {
	return ids.length === 1 ? `Car ${ids[0]}` : `${ids.length} cars`;
}

export function QuickAdd({ focus = false }) {
	const [text, setText] = useState(""), [location, setLocation] = useState(null), [problem, setProblem] = useState(null);
	const input = useRef(null);
	// A field of one line would run pasted lines together.
	const paste = (event) => {
		const pasted = event.clipboardData?.getData("text/plain") ?? "";
		if (!/[\r\n\t]/.test(pasted.trim()))
			return;
		event.preventDefault();
		setText(`${text} ${pasted.replace(/\s+/g, " ")}`.trim());
		setProblem(null);
	};
	const submit = async (event) => {
		event.preventDefault();
		const { ids, bad } = numbersIn(text);
		if (bad.length > 0)
			return setProblem(`${bad.join(", ")} cannot be a number: letters, digits and . _ : @ - are.`);
		// The second Enter of a scanner that sends two is no question.
		if (ids.length === 0)
			return input.current?.focus();
		// At once: a scanner sends the next number before this one is stored.
		setText("");
		input.current?.focus();
		const { added, there } = await add(ids, location);
		const left = ids.filter((id) => !added.includes(id) && !there.includes(id));
		if (there.length > 0)
			setProblem(`${countOf(there)} ${there.length === 1 ? "is" : "are"} on the board already.`);
		if (added.length > 0)
			toast(`${countOf(added)} added.`, { kind: "good" });
		if (left.length > 0)
			setText((now) => [...left, now].filter(Boolean).join(" "));
	};
	return (
		<form class="quick-add" onSubmit={submit}>
			<label class="quick-label" for="quick-number">Add a car</label>
			<input id="quick-number" class="input" data-quick-add ref={input} data-focus={focus ? "true" : undefined} value={text} autocomplete="off" autocapitalize="characters" spellcheck={false} enterkeyhint="done"
				placeholder="Car number" maxLength={16_000} dir="auto" aria-invalid={problem ? "true" : undefined} aria-describedby={problem ? "quick-problem" : undefined}
				onPaste={paste} onInput={(event) => { setText(event.currentTarget.value); setProblem(null); }} />
			<Select label="Location of new cars" value={location} empty="Its usual place" options={locations.value.map((one) => [one, one])} onInput={setLocation} />
			<Button type="submit" icon="plus">Add</Button>
			{problem && <p id="quick-problem" class="problem" role="alert">{problem}</p>}
		</form>
	);
}
