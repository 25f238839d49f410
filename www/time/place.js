// Where this device is.  It is asked only when a person clocks in or out, or wants to know how far away a site is.

export const PATIENCE = 20_000; // milliseconds for a position
const FRESH = 15_000; // milliseconds a position stays good

const WORDS = {
	1: "You have not allowed this page to know where you are. " +
		"The browser's settings for this site can change that.",
	2: "Where you are could not be found. Try again in the open.",
	3: "Finding where you are took too long. Try again in the open.",
	none: "This browser does not tell where it is.",
};
export const UNANSWERED =
	"Where you are is not known yet. The browser may still be asking whether this page may know it.";

/** Resolves to {lat, lng, accuracy}; rejects with an error whose message is for the person. */
export function findPlace() {
	return new Promise((resolve, reject) => {
		if (!navigator.geolocation || !globalThis.isSecureContext)
			return reject(new Error(WORDS.none));
		navigator.geolocation.getCurrentPosition(
			({ coords: { latitude: lat, longitude: lng, accuracy } }) =>
				resolve({ lat, lng, accuracy: Math.round(accuracy) }),
			({ code }) => reject(new Error(WORDS[code] ?? WORDS[2])),
			{ enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH });
	});
}
