// The interface of the sync engine: a durable copy of one person's spaces, an outbox that loses nothing, and the
// conversation with the server.  It needs no document and no renderer: a window, a worker, or Node with an IndexedDB
// can hold it.  README.md tells how to use it.

export type Id = string;
/** RFC 3339, in UTC, with milliseconds and "Z". */
export type Instant = string;
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Fields = { [field: string]: Value };

/**
 * A record as it is shown: what the server last said, with the ops of this device on top.  It is frozen; a change makes
 * a new object.
 */
export type Row = Fields & {
	readonly id: Id;
	/** 0 while the server does not know it yet. */
	readonly version: number;
	readonly owner?: Id;
	readonly createdAt?: Instant; readonly createdBy?: Id;
	readonly lastUpdatedAt?: Instant; readonly lastUpdatedBy?: Id;
};

/** A collection's definition as GET /api/collections gives it. */
export interface Definition {
	name: string; singular: string; label: string; icon?: string; revision: number; order?: string; help?: string;
	title?: string[];
	idForm?: string; idLabel?: string; idAlso?: string[]; unique?: string[]; own?: boolean; inOrder?: boolean;
	lasts?: string; undone?: boolean;
	may: { read?: Role; create?: Role; update?: Role; delete?: Role };
	fields: FieldDefinition[];
	[word: string]: unknown;
}
export interface FieldDefinition {
	name: string; type: string; label: string; also?: string[]; required?: boolean; instead?: string[] | string[][];
	default?: Value;
	derived?: boolean; hidden?: boolean; retired?: boolean; private?: boolean; immutable?: boolean;
	/** For screens, as schema/README.md says. */
	format?: "user" | "zone" | "duration"; pair?: string; sum?: boolean; past?: boolean | string;
	tone?: Tone | { [choice: string]: Tone };
	[word: string]: unknown;
}
export type Tone = "plain" | "good" | "warn" | "bad" | "accent";
export type Role = "viewer" | "member" | "manager" | "owner";

export interface User { id: Id; email: string; name: string; homeSpace: Id }
export interface SpaceInfo { id: Id; name: string; kind: "personal" | "team"; role: Role }

/**
 * starting: opening what this device knows.  out: nobody is signed in.  in: somebody is, with or without a network.
 * expired: the sign-in of this person has ended.  Everything can be read and written, but nothing is sent until they
 * sign in again.
 */
export type SessionStatus = "starting" | "out" | "in" | "expired";

export interface SessionState {
	readonly status: SessionStatus;
	readonly user: User | null;
	/** pin: on a shared handheld. */
	readonly kind: "password" | "pin";
	/** The space whose shared handheld this device is, if it is one. */
	readonly handheld: { space: Id; spaceName: string; name: string } | null;
	/** Why the last sign-in ended, in words; null when there is nothing to say. */
	readonly notice: string | null;
}

/** An intended write: one op of a push (schema/PROTOCOL.md 3), with what a person needs to know about it. */
export interface Op {
	readonly id: Id; readonly space: Id; readonly collection: string; readonly record: Id;
	readonly kind: "create" | "set" | "delete";
	readonly set: Fields | null;
	/** The values of those fields as the person saw them; for a deletion, of all fields and the owner. */
	readonly was: Fields;
	readonly base: number;
	/**
	 * waiting: not sent yet.  sent: its fate is unknown until the server answers; it is sent again under the same
	 * id. conflict, rejected: the person must act.  done: acknowledged, and kept for 30 days.
	 */
	readonly state: "waiting" | "sent" | "conflict" | "rejected" | "done";
	/** When it was written, on this device's clock. */
	readonly at: Instant;
	/** The server's answer to a refused op (RFC 9457), or the engine's own for a conflict found here. */
	readonly problem: Problem | null;
	readonly conflict: Conflict | null;
	/** What the app called it, such as "Car 128489 → On site"; may be null. */
	readonly label: string | null;
	/** The id of its last edit.  Edits made before an op is sent are one op; undo() takes the id of either. */
	readonly edit: Id;
}

/** What each of the fields in dispute was, is wanted to be (mine), and is now (current). */
export interface Conflict {
	fields: string[]; base: Fields; mine: Fields; current: Fields | null; currentVersion: number;
	by?: Id; at?: Instant;
}

export interface Problem {
	type: string; title?: string; status: number; detail: string; field?: string; [member: string]: unknown;
}

/** Thrown by calls that need the server.  status 0: there was no answer. */
export class ApiError extends Error {
	constructor(status: number, problem?: Partial<Problem>, retryAfter?: number);
	status: number; type: string; field: string | null; problem: Problem; retryAfter: number;
	/** Whether asking again, with the same key, can help. */
	readonly isPassing: boolean;
}

export interface Status {
	/** Whether the space has been loaded once.  Before that, an empty list means nothing. */
	readonly loaded: boolean;
	/** How many changes a first load, resync or large change has brought so far; null when none is under way. */
	readonly loading: number | null;
	/** Edits that are shown but not stored on this device yet.  If the page closes now, they may be lost. */
	readonly storing: number;
	/** Ops on this device that are not acknowledged yet, and those that a person must act on. */
	readonly waiting: number; readonly conflicts: number; readonly failed: number;
	/** When the server last answered, and when it first failed since (milliseconds since 1970). */
	readonly lastAt: number | null; readonly failedAt: number | null;
	/**
	 * Why the space is not in sync: no network, a failing server, an ended sign-in, a restore in progress, or
	 * storage that fails.  Null when nothing is known to hinder it.
	 */
	readonly trouble: null | "offline" | "server" | "signed-out" | "restoring" | "storage";
	readonly problem: string | null;
	/**
	 * Much was deleted on the server, and is kept here until the person decides: allow() or refuse().  Everything
	 * else goes on.
	 */
	readonly question: null | { deletes: number; of: number };
	/** The same after refuse().  allow() still deletes, and sync() asks again. */
	readonly kept: null | { deletes: number; of: number };
	/**
	 * The server has another past than this device knows.  found: its operator loaded a backup; its database was
	 * set back; or what was written before is not there as it was.  since: the last instant up to which both are
	 * the same, if known.  kept: how many records this device held otherwise; before() has them, until
	 * forgetBefore() or until the server has them again.
	 */
	readonly past: null | {
		found: "restored" | "set-back" | "other-past"; at: number; since: number | null; kept: number;
	};
	/** The person is no longer a member of the space.  What is here can be exported. */
	readonly gone: null | { reason: string; unsent: number };
	/** Whether this tab is the one that talks to the server. */
	readonly leads: boolean;
	/** Whether the browser has promised to keep the database. */
	readonly persisted: boolean | null;
}

export interface Change {
	collection: string; id: Id; by?: Id;
	/** here: this device.  first: a first load.  elsewhere: somebody else, or another device. */
	from: "here" | "elsewhere" | "first";
}

export interface Space {
	readonly id: Id;
	readonly info: SpaceInfo;
	readonly status: Status;
	readonly definitions: Definition[];
	definition(collection: string): Definition | undefined;

	/**
	 * Reads are synchronous, because everything is in memory.  all() has no particular order, and is the same array
	 * until something in it changes.
	 */
	get(collection: string, id: Id): Row | undefined;
	all(collection: string): readonly Row[];

	/**
	 * A write shows in get() and all() at once.  The promise settles when the op is stored on this device; it never
	 * waits for the network.  It rejects with a StorageError when the device cannot store, and with an EngineError
	 * when the write makes no sense here: the person has left the space, another tab has just deleted the record.
	 * Then nothing has changed.
	 */
	create(
		collection: string, fields: Fields, options?: { id?: Id; label?: string; renamedFrom?: Id },
	): Promise<Op>;
	/** seen: the record as the person saw it, for a form that has been open for long. */
	set(
		collection: string, id: Id, fields: Fields,
		options?: { label?: string; seen?: { version: number; fields: Fields } },
	): Promise<Op>;
	remove(collection: string, id: Id, options?: { label?: string }): Promise<Op>;
	/**
	 * Undoes an edit: the one whose `edit` is given, or the last of the op whose id is given.  An unsent edit is
	 * removed.  For a sent one, a new op restores the former values, and revives a deleted record.  A record that
	 * was made is deleted.  Where rules or the person's role refuse that, it no longer holds what it was made with.
	 */
	undo(op: Id): Promise<void>;

	/** Ops that are not done, oldest first. */
	readonly ops: readonly Op[];
	/** Those of one record. */
	opsOf(collection: string, id: Id): readonly Op[];
	/** Writes the same again, on the record as it is now. */
	retry(op: Id): Promise<void>;
	/**
	 * Writes the person's decision about a conflict, field by field.  Edits of the op that nobody disputes are
	 * written with it.
	 */
	resolve(op: Id, fields: Fields): Promise<void>;
	/** Discards the op.  What was written on top of it stays. */
	discard(op: Id): Promise<void>;

	/**
	 * Keeps a photo or receipt on this device and answers its SHA-256, to be put into a `file` field.  It is sent
	 * before the op that names it.
	 */
	addFile(blob: Blob): Promise<string>;
	/** From this device if it is here, otherwise from the server. */
	file(sha256: string): Promise<Blob>;

	/** Syncs now, and settles after the round.  Never rejects: status tells what went wrong. */
	sync(): Promise<void>;
	/** Deletes what `question` or `kept` is about. */
	allow(): Promise<void>;
	/** Keeps it on this device. */
	refuse(): Promise<void>;
	/** The records that `status.past` keeps, each as this device held it and as it is now. */
	before(): Promise<{ collection: string; id: Id; record: Row; now: Row | null }[]>;
	/** The person has decided about `status.past`: what is kept is deleted. */
	forgetBefore(): Promise<void>;
	/** Everything of this space on this device, including unsent ops, as one JSON file. */
	export(): Promise<Blob>;

	/**
	 * For what only the server can do.  The path, as "/reports/work?from=…", is below /api/spaces/:space.
	 */
	request(method: string, path: string, options?: RequestOptions): Promise<Reply>;

	/**
	 * The listener is called after each change of rows, in the order of changes, and with [] when status or ops
	 * have changed.  Returns how to unsubscribe.
	 */
	subscribe(listener: (changes: Change[]) => void): () => void;
}

export interface RequestOptions {
	body?: unknown; raw?: BodyInit; headers?: Record<string, string>; blob?: boolean;
	/** The data is the body, piece by piece as it is taken: an AsyncIterable of Uint8Array. */
	stream?: boolean;
	/** Makes a write safe to repeat. */
	key?: string;
}
export interface Reply { status: number; data: any; headers: Headers }

export interface Engine {
	readonly session: SessionState;
	readonly spaces: readonly SpaceInfo[];
	readonly device: { id: Id; name: string };

	/** Opens what this device knows.  Settles as soon as that can be shown, without waiting for the network. */
	start(): Promise<void>;
	stop(): Promise<void>;

	signIn(form: { email: string; password: string }): Promise<void>;
	signUp(form: { email: string; password: string; name: string; zone?: string }): Promise<void>;
	/** A manager makes this device a shared handheld of a space. */
	becomeHandheld(space: Id, name: string): Promise<void>;
	/** The people who may use it. */
	handheldPeople(): Promise<{ id: Id; name: string; initials: string }[]>;
	signInWithPin(form: { user: Id; pin: string }): Promise<void>;
	leaveHandheld(): Promise<void>;
	/** Somebody taps or types.  Only this, and writing, keeps a person signed in who came in by PIN. */
	used(): void;
	/** How many ops, in all spaces, are not acknowledged and would be lost with this device. */
	unsent(): Promise<number>;
	/**
	 * Deletes the database of the person if nothing is unsent.  discard: even if something is, after it was offered
	 * as a file.  keep: deletes nothing, because notes may hold half-typed forms, which the engine cannot tell from
	 * settings.
	 */
	signOut(options?: { discard?: boolean; keep?: boolean }): Promise<void>;
	/** Loads spaces and definitions again, as after joining or making a team. */
	refreshSpaces(): Promise<void>;

	/**
	 * Opens a space: its rows are in memory when this settles.  Opening it again answers the same.  All spaces are
	 * kept in sync, opened or not.
	 */
	open(space: Id): Promise<Space>;

	/**
	 * The rows of a collection of which test is true, as they would be shown.  The space need not be open, and
	 * nothing of it stays in memory; only this device is asked.
	 */
	find(space: Id, collection: string, test: (row: Row) => boolean): Promise<Row[]>;
	/**
	 * The listener hears which collections of a space were written to on this device, open or not, by a person or
	 * by what came from the server.  Returns how to stop.
	 */
	watch(listener: (space: Id, collections: string[]) => void): () => void;

	/** A request of the person outside of spaces, as "/auth/sessions". */
	request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
	/** A request without a token, as to reset a password or look at an invitation. */
	requestOpen(method: string, path: string, options?: RequestOptions): Promise<Reply>;

	/** Half-typed forms and small settings of this person.  They outlive a reload and never leave this device. */
	readonly notes: {
		get(key: string): any;
		put(key: string, value: any): void;
		drop(key: string): void;
		keys(prefix: string): string[];
		/** false: this device could not store it, so it is in memory until the page closes. */
		isStored(key: string): boolean;
	};

	/** The server's time as well as it is known, in milliseconds: this device's clock, corrected by answers. */
	now(): number;

	/** The listener is called when session, spaces or notes have changed.  Returns how to unsubscribe. */
	subscribe(listener: () => void): () => void;
}

/** What the engine needs from where it runs.  The browser's own is the default of each. */
export interface EngineOptions {
	/** "" or "https://daybook.example.org" */
	base?: string;
	/** The name with which its databases begin.  Two engines with different names share nothing. */
	name?: string;
	deviceName?: string;
	/** Whether the refresh token is an HttpOnly cookie, as in the web app, or kept in the database. */
	cookie?: boolean;
	fetch?: typeof fetch;
	indexedDB?: IDBFactory;
	locks?: LockManager | null;
	channel?: ((name: string) => Channel) | null;
	clock?: { now(): number; wait(callback: () => void, ms: number): unknown; forget(handle: unknown): void };
	random?: (bytes: Uint8Array) => Uint8Array;
	/** Whether the page is visible, and a call when that changes. */
	page?: { visible(): boolean; subscribe(listener: () => void): () => void };
	network?: { online(): boolean; subscribe(listener: () => void): () => void };
	storage?: { persist(): Promise<boolean>; persisted(): Promise<boolean> } | null;
	/** Where small texts are kept outside of IndexedDB: how many ops wait, to tell when they are lost. */
	outside?: {
		get(key: string): string | null; put(key: string, value: string | null): void; keys(): string[];
	} | null;
	/** Milliseconds between polls while the page is visible; 5,000 if not given. */
	poll?: number;
}

/** As much of a BroadcastChannel as the engine uses. */
export interface Channel {
	postMessage(message: unknown): void;
	onmessage: ((event: { data: any }) => void) | null;
	close(): void;
}

export function createEngine(options?: EngineOptions): Engine;
/**
 * This device cannot keep something.  full: there is no room.  missing: the browser keeps nothing.  newer, blocked: the
 * app is open in another version.  broken: the storage cannot be read.
 */
export class StorageError extends Error {
	constructor(reason: "full" | "newer" | "blocked" | "missing" | "broken", cause?: unknown);
	reason: "full" | "newer" | "blocked" | "missing" | "broken";
}
/** The call cannot be carried out in this state, such as an edit of a deleted record.  Its message is for people. */
export class EngineError extends Error {
	constructor(message: string);
}
/** A new id: a UUIDv7. */
export function newId(): Id;
/**
 * Whether an edit that was just made can be taken back, as far as the definition says.  row: the record as it stands.
 * today: the date in the zone of the space.
 */
export function canTakeBack(
	op: Pick<Op, "kind" | "set" | "was">, row: Row | undefined, definition: Definition | undefined,
	rights?: { mayDelete?: boolean; today?: string }
): boolean;
/** Whether a role has the rights of another one. */
export function isAtLeast(role: Role | undefined, least: Role): boolean;
/**
 * The id of a record of a collection with `unique` fields (schema/PROTOCOL.md 1), or null when the client chooses the
 * id.
 */
export function idOf(definition: Definition, owner: Id, fields: Fields): Id | null;
