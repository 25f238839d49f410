// The database asked as its administrator, through the mariadb client.  Starting a client costs more
// than most questions, so one that has answered is kept for the next.  A question has a client to
// itself; what it leaves open ends with it.
//
// Ids are written and read as text.  A quoted UUID in a question stands for its 16 bytes, as columns of ids hold them;
// the id of a record or an op is written with key().
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { within } from "./wait.mjs";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const isUuid = (text) => new RegExp(`^${UUID}$`).test(text);
const bytesOf = (uuid) => uuid.replaceAll("-", "");

// The literal of a record's or an op's id: a text, or a zero byte and the bytes of a UUID.
export const key = (id) => (isUuid(id) ? `X'00${bytesOf(id)}'` : `'${id}'`);

const withIds = (question) =>
	question.replace(new RegExp(`'(${UUID})'`, "g"), (all, uuid) => `X'${bytesOf(uuid)}'`);

// A cell of a binary column, which the client shows as hex digits.
function plain(cell) {
	const [, hex] = cell.match(/^0x((?:[0-9A-F]{2})*)$/) ?? [];
	const [, id] = hex?.match(/^(?:00)?(.{32})$/) ?? [];

	if (hex === undefined)
		return cell;
	if (hex === "") // the client's NULL; no id is empty
		return null;
	if (id !== undefined && (hex.length === 34 || !isText(hex)))
		return id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
	return isText(hex) ? Buffer.from(hex, "hex").toString() : cell;
}

// Ids that are texts are of printable ASCII alone.
const isText = (hex) => /^(?:[2-6][0-9A-F]|7[0-9A-E])*$/.test(hex);

const GONE = /^ERROR 2006 /m; // the server closed this connection before it read the question: nothing has been done

class Client {
	constructor(args) {
		this.child = spawn("mariadb", args, { stdio: ["pipe", "pipe", "pipe"] });
		this.said = this.complaints = "";
		this.child.stdin.on("error", () => {});
		this.child.stdout.setEncoding("utf8").on("data", (text) => this.hear(text));
		this.child.stderr.setEncoding("utf8").on("data", (text) => { this.complaints += text; });
		this.child.on("error", (error) => this.finish(error));
		this.child.on("close", () => this.finish(new Error(`SQL: ${this.complaints}`)));
		this.hold(false);
	}

	// Nobody waits for an idle client to end.
	hold(isBusy) {
		for (const one of [this.child, this.child.stdin, this.child.stdout, this.child.stderr])
			one[isBusy ? "ref" : "unref"]?.();
	}

	hear(text) {
		this.said += text;
		if (this.said.endsWith(this.end))
			this.finish(null);
	}

	finish(error) {
		const { settle, said, end } = this;

		this.hold(false);
		this.isEnded ||= error !== null;
		this.settle = undefined;
		settle?.(error, error === null ? said.slice(0, -end.length) : "");
	}

	// The text that comes as the answer: lines of cells, tabs between them.
	ask(text) {
		const mark = randomUUID();

		return new Promise((resolve, reject) => {
			this.said = "";
			this.end = `mark\n${mark}\n`;
			this.settle = (error, answer) => (error ? reject(error) : resolve(answer));
			this.hold(true);
			this.child.stdin.write(`${withIds(text)}\n;ROLLBACK;SELECT '${mark}' AS mark;\n`);
		});
	}

	close() {
		this.child.stdin.end();
	}
}

export class Database {
	constructor(args) {
		this.args = [
			"--no-defaults", "--default-character-set=utf8mb4", "--batch", "--raw", "--unbuffered",
			"--binary-as-hex", ...args,
		];
	}

	async answer(text, isAgain = false) {
		const client = this.idle && !this.idle.isEnded ? this.idle : new Client(this.args);
		const wasUsed = client === this.idle;

		this.idle = undefined;
		try {
			const answer = await within(`the database answers ${text.trim().slice(0, 80)}`,
				client.ask(text));
			this.keep(client);
			return answer;
		} catch (error) {
			client.child.kill(); // if it still waits
			if (wasUsed && !isAgain && GONE.test(error.message))
				return this.answer(text, true);
			throw error;
		}
	}

	// One at most: the list of the server's connections is what tests look at.
	keep(client) {
		if (this.idle !== undefined || this.isClosed)
			client.close();
		else
			this.idle = client;
	}

	// Rows as objects of text, null for NULL.  Several statements may stand in one text.
	async rows(text) {
		const [names, ...rows] = (await this.answer(text)).split("\n").filter((line) => line !== "")
			.map((line) => line.split("\t"));
		return rows.map((row) =>
			Object.fromEntries(names.map((name, i) => [name, row[i] === "NULL" ? null : plain(row[i])])));
	}

	close() {
		this.isClosed = true;
		this.idle?.close();
		this.idle = undefined;
	}
}
