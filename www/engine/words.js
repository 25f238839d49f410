// @ts-check
// The errors that the engine itself raises, when somebody asks for what cannot be done.  Their words are for people.

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
