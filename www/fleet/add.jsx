// Adding cars quickly: a number, Enter, the next number.  Numbers pasted together, on one line or several, are several
// cars.  The field keeps the focus.

import { useRef, useState } from "preact/hooks";
import { Button, Select, toast } from "../ui/index.js";
import { numbersIn } from "./board.js";
import { add, locations } from "./data.js";

function countOf(ids) {
	return ids.length === 1 ? `Car ${ids[0]}` : `${ids.length} cars`;
}

export function QuickAdd({ focus = false }) {
	const [text, setText] = useState("");
	const [location, setLocation] = useState(null);
	const [problem, setProblem] = useState(null);
	const input = useRef(null);
	// An input of one line would join pasted lines to one number.
	const paste = (event) => {
		const pasted = event.clipboardData?.getData("text/plain") ?? "";
		if (!/[\r\n\t]/.test(pasted.trim()))
			return;
		event.preventDefault();
		setText(`${text} ${pasted.replace(/\s+/g, " ")}`.trim());
		setProblem(null);
	};
	const type = (event) => {
		setText(event.currentTarget.value);
		setProblem(null);
	};
	const submit = async (event) => {
		event.preventDefault();
		const { ids, bad } = numbersIn(text);
		if (bad.length > 0)
			return setProblem(`${bad.join(", ")} cannot be a number: letters, digits and . _ : @ - are.`);
		// Some scanners send Enter twice; the second one is no mistake.
		if (ids.length === 0)
			return input.current?.focus();
		// The field is cleared at once: a scanner sends the next number before this one is stored.
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
		<form class="quick-add stack gap-2" onSubmit={submit}>
			<label class="unseen" for="quick-number">Add a car</label>
			<input
				id="quick-number" class="input" data-quick-add data-focus={focus ? "true" : undefined}
				ref={input} value={text} maxLength={16_000} placeholder="Car number" dir="auto"
				autocomplete="off" autocapitalize="characters" spellcheck={false} enterkeyhint="done"
				aria-invalid={problem ? "true" : undefined}
				aria-describedby={problem ? "quick-problem" : undefined}
				onPaste={paste} onInput={type}
			/>
			<Select
				label="Location of new cars" value={location} empty="Its usual place"
				options={locations.value.map((one) => [one, one])} onInput={setLocation}
			/>
			<Button type="submit" icon="plus">Add</Button>
			{problem && <p id="quick-problem" class="problem small bad" role="alert">{problem}</p>}
		</form>
	);
}
