// @ts-check
// The errors that the engine itself raises when a call cannot be carried out, such as an edit of a deleted record.
// Their messages are for people.

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
