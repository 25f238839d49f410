// @ts-check
// Why something could not be kept on this device, in words that say what a person can do.

const WORDS = {
	full: "This device has no room left, so this could not be kept. Free some space and try again.",
	newer: "The data on this device was written by a newer version of the app. Load the page again.",
	blocked: "The app is open in another tab with an older version. Close that tab and load this page again.",
	missing:
		"This browser keeps no data for the app (a private window, or storage is switched off), so nothing " +
		"can be kept here.",
	broken: "The storage of this browser cannot be read at the moment. Close the browser and open it again.",
};

export class StorageError extends Error {
	/** @param {keyof typeof WORDS} reason @param {unknown} [cause] */
	constructor(reason, cause) {
		super(WORDS[reason], { cause });
		this.name = "StorageError";
		this.reason = reason;
	}
}

/** What IndexedDB failed with, as a StorageError. @param {any} error @returns {StorageError} */
export function inWords(error) {
	if (error instanceof StorageError)
		return error;
	const name = error?.name ?? "";
	if (name === "QuotaExceededError" || error?.inner?.name === "QuotaExceededError")
		return new StorageError("full", error);
	if (name === "VersionError")
		return new StorageError("newer", error);
	return new StorageError(name === "SecurityError" ? "missing" : "broken", error);
}
