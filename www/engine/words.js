// @ts-check
// Errors of the engine's own: somebody asked for what cannot be done.  The words are for people.

export class EngineError extends Error {
	/** @param {string} message */
	constructor(message) {
		super(message);
		this.name = "EngineError";
		this.isOurs = true;
	}
}
