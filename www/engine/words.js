// @ts-check
// Our own errors: somebody asked for what cannot be done here.  The words are for people.

export class EngineError extends Error {
	/** @param {string} message */
	constructor(message) {
		super(message);
		this.name = "EngineError";
		this.isOurs = true;
	}
}

export const NOBODY = "Nobody is signed in.";
export const NO_RECORD = "There is no such record.";
