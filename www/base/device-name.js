// What this device is called in lists of devices: the browser and the system, as far as they say.  Browsers name their ancestors too,
// so the younger stand first.

const BROWSERS = [["Edg", "Edge"], ["OPR/", "Opera"], ["SamsungBrowser/", "Samsung Internet"], ["Firefox/", "Firefox"], ["FxiOS/", "Firefox"], ["CriOS/", "Chrome"],
	["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const SYSTEMS = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["CrOS", "ChromeOS"], ["Mac OS X", "Mac"], ["Linux", "Linux"]];

export function deviceName(agent = navigator.userAgent) {
	const find = (pairs) => pairs.find(([mark]) => agent.includes(mark))?.[1];
	return [find(BROWSERS) ?? "Browser", find(SYSTEMS)].filter(Boolean).join(" on ");
}
