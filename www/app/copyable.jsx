// A text that is copied with one press.

import { useState } from "preact/hooks";
import { Button } from "../ui/index.js";

export function Copyable({ label, text, children }) {
	const [isCopied, setCopied] = useState(false);
	const copy = async (event) => {
		const input = event.currentTarget.closest(".copyable").querySelector("input");
		try {
			await navigator.clipboard.writeText(text);
			setCopied(true);
		} catch {
			// Without https a page may not write to the clipboard.  The text is selected, to be copied by
			// hand.
			input.focus();
			input.select();
		}
	};
	return (
		<div class="line apart">
			<input
				class="input grow" readOnly aria-label={label} value={text}
				onFocus={(event) => event.currentTarget.select()}
			/>
			<Button icon={isCopied ? "check" : "copy"} onClick={copy}>
				{isCopied ? "Copied" : "Copy"}
			</Button>
			{children}
		</div>
	);
}
