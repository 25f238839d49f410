// A place to choose a file or to drop one on.

import { Icon } from "./icon.jsx";

/** title and help: what it says.  accepted: endings and types.  onFile(file). */
export function FilePick({ title = "Choose a file", help, accepted, onFile }) {
	const over = (event) => {
		event.preventDefault();
		event.currentTarget.dataset.over = event.type === "dragover";
	};
	const drop = (event) => {
		over(event);
		if (event.dataTransfer.files[0])
			onFile(event.dataTransfer.files[0]);
	};
	// The input is emptied so that the same file can be chosen again.
	const choose = ({ currentTarget }) => {
		const [file] = currentTarget.files;
		currentTarget.value = "";
		if (file)
			onFile(file);
	};
	return (
		<label class="drop axis amid covered stack gap-2 soft" onDragOver={over} onDragLeave={over}
			onDrop={drop}>
			<Icon name="upload" size={28} />
			<strong>{title}</strong>
			{help && <span class="hint">{help}</span>}
			<input class="cover" type="file" accept={accepted} onChange={choose} />
		</label>
	);
}
