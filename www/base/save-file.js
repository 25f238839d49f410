// Hands a file to the person: the browser asks where to, or puts it among the downloads.

const KEEP = 60_000; // milliseconds an address of a file stays good

export function saveFile(blob, name) {
	const url = URL.createObjectURL(blob);
	const link = Object.assign(document.createElement("a"), { href: url, download: name.replace(/[\\/:*?"<>|\x00-\x1f]/g, "-") });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), KEEP);
}
