// The name of this device in lists of devices: browser and system, from the user agent.  A user agent also
// names older browsers that it is compatible with, so the newest browsers are looked for first.

const BROWSERS = [
	["Edg", "Edge"], ["OPR/", "Opera"], ["SamsungBrowser/", "Samsung Internet"], ["Firefox/", "Firefox"],
	["FxiOS/", "Firefox"], ["CriOS/", "Chrome"], ["Chrome/", "Chrome"], ["Safari/", "Safari"],
];
const SYSTEMS = [
	["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["CrOS", "ChromeOS"],
	["Mac OS X", "Mac"], ["Linux", "Linux"],
];

export function deviceName(agent = navigator.userAgent) {
	const find = (pairs) => pairs.find(([mark]) => agent.includes(mark))?.[1];
	return [find(BROWSERS) ?? "Browser", find(SYSTEMS)].filter(Boolean).join(" on ");
}
