// A text that is copied with one press.

import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../ui/index.js";

/** The text is shown once, so it takes the focus: it comes into view, and is selected. */
export function Copyable({ label, text }) {
	const input = useRef();
	const [isCopied, setCopied] = useState(false);
	useEffect(() => {
		setCopied(false);
		input.current.focus();
	}, [text]);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
			setCopied(true);
		} catch {
			// Without https a page may not write to the clipboard.  The text is selected, to be copied by
			// hand.
			input.current.focus();
			input.current.select();
		}
	};
	return (
		<div class="line apart">
			<input
				ref={input} class="input grow" readOnly aria-label={label} value={text}
				onFocus={(event) => event.currentTarget.select()}
			/>
			<Button icon={isCopied ? "check" : "copy"} onClick={copy}>
				{isCopied ? "Copied" : "Copy"}
			</Button>
		</div>
	);
}
