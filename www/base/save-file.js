// Gives a file to the person: the browser asks where to save it, or puts it among the downloads.

const KEEP = 60_000; // milliseconds for which the address of a file is valid

export function saveFile(blob, name) {
	const url = URL.createObjectURL(blob);
	const link = document.createElement("a");
	link.href = url;
	link.download = name.replace(/[\\/:*?"<>|\x00-\x1f]/g, "-");
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), KEEP);
}
