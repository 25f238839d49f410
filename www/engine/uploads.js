// @ts-check
// Sends photos and receipts before the ops that name them.  A large file goes in pieces, and goes on where it broke
// off.  Keeping files on the device is files.js.
import { ApiError, path } from "./api.js";
import { fileNamesIn, isActive } from "./outbox.js";
import { opsOfSpace } from "./userdata.js";

const PIECE = 1 << 20; // bytes sent at once
const LEAST = 1 << 16; // the same, when larger pieces do not get through
const SLOWEST = 0.5; // bytes per millisecond at which the smallest pieces still get through
const TRIES = 3; // times the server may tell of other bytes than this device knows of, for one file

/** @typedef {import("./files.js").StoredFile} StoredFile */
/** @typedef {import("./outbox.js").StoredOp} StoredOp */

/**
 * The next piece of a file, and the headers it is sent with.
 * @param {Pick<StoredFile, "size" | "received">} file @param {number} [most] bytes
 */
export function pieceOf({ size, received: from }, most = PIECE) {
	const to = Math.min(from + most, size), type = { "Content-Type": "application/octet-stream" };
	const isWhole = from === 0 && to === size;
	return { from, to, headers: isWhole ? type : { ...type, "Content-Range": `bytes ${from}-${to - 1}/${size}` } };
}

/**
 * The files that an op names, of those that are not sent.
 * @param {StoredOp} op @param {Map<string, StoredFile>} unsent by name @returns {StoredFile[]}
 */
export function filesOf(op, unsent) {
	return fileNamesIn(op).flatMap((name) => unsent.get(name) ?? []);
}

/**
 * How many bytes of a file the server has, when it refuses a piece because it has fewer than this device thought: an
 * upload that was thrown away goes on from there.
 * @param {unknown} error @param {StoredFile} file @returns {number | null} null: it was refused for another reason
 */
export function receivedBy(error, file) {
	const known = error instanceof ApiError ? /** @type {any} */ (error.problem).received : undefined;
	return Number.isInteger(known) && known < file.size ? known : null;
}

/**
 * Whether an error is about the file alone, not about the server, the sign-in or the space.
 * @param {unknown} error @returns {error is ApiError}
 */
function isOfFile(error) {
	return error instanceof ApiError && !error.isPassing && error.status !== 401 && error.status !== 410;
}

/**
 * @param {{database: import("./database.js").Database,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   refuse: (space: string, op: StoredOp, error: ApiError) => Promise<number>}} parts refuse: the op cannot be sent
 */
export function createUploads({ database, request, refuse }) {
	let most = PIECE; // bytes that have got through at once lately

	/** @param {StoredFile} file @param {ArrayBuffer} bytes */
	async function sendPiece(file, bytes) {
		const { from, to, headers } = pieceOf(file, most), pace = to - from <= LEAST ? { pace: SLOWEST } : {};
		try {
			const answer = await request("PUT", path("spaces", file.space, "files", file.sha256), {
				raw: bytes.slice(from, to), headers, ...pace,
			});
			most = Math.min(PIECE, most * 2);
			return answer;
		} catch (error) {
			if (error instanceof ApiError && error.status === 0)
				most = Math.max(LEAST, Math.min(most, to - from) / 2);
			throw error;
		}
	}

	/** @param {StoredFile} file @param {Partial<StoredFile>} changes */
	function note(file, changes) {
		Object.assign(file, changes);
		return database.write(["files"], (work) => work.put("files", file));
	}

	/** @param {StoredFile} file */
	async function send(file) {
		/** @type {ArrayBuffer} */
		const bytes = await database.read(["bytes"], (work) => work.get("bytes", [file.space, file.sha256]));
		let tries = 0;
		while (!file.sent) {
			try {
				const { status, data } = await sendPiece(file, bytes);
				if (status === 202)
					await note(file, { received: data.file.received });
				else
					await note(file, { sent: true, received: file.size });
			} catch (error) {
				const received = receivedBy(error, file);
				if (received === null || (tries += 1) > TRIES)
					throw error;
				await note(file, { received });
			}
		}
	}

	/** The files of a space that are not sent, and its ops if there are any. @param {string} space */
	function readUnsent(space) {
		return database.read(["files", "ops"], async (work) => {
			/** @type {StoredFile[]} */
			const files = await work.all("files", "space", space);
			const unsent = files.filter((file) => !file.sent);
			const ops = unsent.length > 0 ? await opsOfSpace(work, space) : [];
			return { ops, unsent: new Map(unsent.map((file) => [file.sha256, file])) };
		});
	}

	return {
		/**
		 * Sends the files that ops name, in the order of the ops.  Resolves to whether there were any.
		 * @param {string} space
		 */
		async sendFor(space) {
			const { ops, unsent } = await readUnsent(space);
			let any = false;
			for (const op of ops.filter(isActive))
				for (const file of filesOf(op, unsent)) {
					any = true;
					try {
						await send(file);
						unsent.delete(file.sha256);
					} catch (error) {
						if (!isOfFile(error))
							throw error;
						await refuse(space, op, error);
					}
				}
			return any;
		},
	};
}
