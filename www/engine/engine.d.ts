// The sync engine of Daybook: a durable copy of the spaces of one person, an outbox that loses nothing, and the conversation with the
// server.  No document, no renderer: a browser's window, a worker, or Node with an IndexedDB can hold it.  README.md tells how to use it.

export type Id = string;
/** RFC 3339, UTC, milliseconds, "Z". */
export type Instant = string;
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Fields = { [field: string]: Value };

/** A record as it is shown: what the server last said, with the ops of this device on top.  Frozen; a change makes a new object. */
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
	idForm?: string; idLabel?: string; idAlso?: string[]; unique?: string[]; own?: boolean;
	may: { read?: Role; create?: Role; update?: Role; delete?: Role };
	fields: FieldDefinition[];
	[word: string]: unknown;
}
export interface FieldDefinition {
	name: string; type: string; label: string; also?: string[]; required?: boolean; default?: Value;
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
 * starting: opening what this device knows.  out: nobody.  in: somebody, whose database is open (with or without a network).
 * expired: the same person, whose sign-in has ended: everything can be read and written, nothing is sent until they sign in again.
 */
export type SessionStatus = "starting" | "out" | "in" | "expired";

export interface SessionState {
	readonly status: SessionStatus;
	readonly user: User | null;
	/** "password" or "pin" (a shared handheld). */
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
	/** The values of those fields as the person saw them. */
	readonly was: Fields;
	readonly base: number;
	/**
	 * waiting: not sent yet.  sent: under way, its fate unknown until the server answers (it is asked again under the same id).
	 * conflict, rejected: the person must act.  done: acknowledged (kept 30 days).
	 */
	readonly state: "waiting" | "sent" | "conflict" | "rejected" | "done";
	/** When it was written, on this device's clock. */
	readonly at: Instant;
	/** The server's answer to a refused op (RFC 9457), or our own for a local conflict. */
	readonly problem: Problem | null;
	/** For conflicts: what each of the fields in dispute was, is wanted to be, and is now. */
	readonly conflict: { fields: string[]; base: Fields; mine: Fields; current: Fields | null; currentVersion: number; by?: Id; at?: Instant } | null;
	/** What the writer called it, such as "Car 128489 → On site"; may be null. */
	readonly label: string | null;
	/** The last edit in it: several edits made before an op leaves are one op; undo() takes the id of either. */
	readonly edit: Id;
}

export interface Problem { type: string; title?: string; status: number; detail: string; field?: string; [member: string]: unknown }

/** Thrown by calls that need the server.  status 0: there was no answer. */
export class ApiError extends Error {
	constructor(status: number, problem?: Partial<Problem>, retryAfter?: number);
	status: number; type: string; field: string | null; problem: Problem; retryAfter: number;
	/** Asking again, with the same key, can help. */
	readonly isPassing: boolean;
}

export interface Status {
	/** Whether the space has been loaded once: before that, an empty list means nothing. */
	readonly loaded: boolean;
	/** How many changes have come so far in a first load or resync under way, else null. */
	readonly loading: number | null;
	/** Edits that are shown and not on this device yet: closed now, the page might lose them. */
	readonly storing: number;
	/** Ops on this device that are not acknowledged yet, and those a person must act on. */
	readonly waiting: number; readonly conflicts: number; readonly failed: number;
	/** The last time the server answered (ms since 1970), the first failure since, whether the network or the server is what is missing. */
	readonly lastAt: number | null; readonly failedAt: number | null;
	readonly trouble: null | "offline" | "server" | "signed-out" | "restoring" | "storage";
	readonly problem: string | null;
	/** A pull that would delete much waits for a word: sync.allow() or sync.refuse(). */
	readonly question: null | { deletes: number; of: number };
	/** The server no longer knows this space or the person is no longer a member: what is here can be exported. */
	readonly gone: null | { reason: string; unsent: number };
	/** Whether this tab is the one that talks to the server. */
	readonly leads: boolean;
	/** Whether the browser promised to keep the database. */
	readonly persisted: boolean | null;
}

export interface Change { collection: string; id: Id; /** here: this device; first: a first load; elsewhere: somebody or another device. */ from: "here" | "elsewhere" | "first"; by?: Id }

export interface Space {
	readonly id: Id;
	readonly info: SpaceInfo;
	readonly status: Status;
	readonly definitions: Definition[];
	definition(collection: string): Definition | undefined;

	/** Everything is in memory: reads are synchronous.  all() is in no particular order; the same array until something in it changes. */
	get(collection: string, id: Id): Row | undefined;
	all(collection: string): readonly Row[];

	/**
	 * Writes are taken at once: they show in get() and all() before the promise settles, which it does when the op is stored durably here.
	 * They never wait for the network.  Rejects with a StorageError when the device cannot store (quota), and with an EngineError for what
	 * makes no sense here: a space one has left, a record that another tab has just deleted.  Then nothing has changed.
	 */
	create(collection: string, fields: Fields, options?: { id?: Id; label?: string; renamedFrom?: Id }): Promise<Op>;
	set(collection: string, id: Id, fields: Fields, options?: { label?: string; /** what the person saw, if a form stood open for long */ seen?: { version: number; fields: Fields } }): Promise<Op>;
	remove(collection: string, id: Id, options?: { label?: string }): Promise<Op>;
	/** Takes an op back, or of several edits in one op the last, or the one whose `edit` is given: unsent ones vanish, others are answered by an op that puts the former values back (a deleted record is revived). */
	undo(op: Id): Promise<void>;

	/** Ops that are not done, oldest first; and of one record. */
	readonly ops: readonly Op[];
	opsOf(collection: string, id: Id): readonly Op[];
	/** retry: a new op with the same wish on what there is now.  resolve: the person's decision field by field.  discard: let it go. */
	retry(op: Id): Promise<void>;
	resolve(op: Id, fields: Fields): Promise<void>;
	discard(op: Id): Promise<void>;

	/** Keeps a photo or receipt here, answers its SHA-256 to put into a `file` field; it is sent before the op that names it. */
	addFile(blob: Blob): Promise<string>;
	/** From here if it is here, else from the server. */
	file(sha256: string): Promise<Blob>;

	/** Sync now; settles after the round.  Never rejects: status tells. */
	sync(): Promise<void>;
	allow(): void;
	refuse(): void;
	/** Everything of this space on this device, unsent ops included, as one JSON file. */
	export(): Promise<Blob>;

	/** path without /api, as "/reports/work?from=…"; goes to /api/spaces/:space/….  For what only the server can do. */
	request(method: string, path: string, options?: RequestOptions): Promise<{ status: number; data: any; headers: Headers }>;

	/** Called after each change of rows, in the order of changes; and (with []) when status or ops changed.  Answers how to stop. */
	subscribe(listener: (changes: Change[]) => void): () => void;
}

export interface RequestOptions { body?: unknown; raw?: BodyInit; headers?: Record<string, string>; blob?: boolean; /** makes a write safe to repeat */ key?: string }

export interface Engine {
	readonly session: SessionState;
	readonly spaces: readonly SpaceInfo[];
	readonly device: { id: Id; name: string };

	/** Opens what this device knows; settles as soon as it can be shown, without waiting for the network. */
	start(): Promise<void>;
	stop(): Promise<void>;

	signIn(form: { email: string; password: string }): Promise<void>;
	signUp(form: { email: string; password: string; name: string }): Promise<void>;
	/** Shared handhelds: this device becomes one (managers), its list of names, a person's PIN, and no longer being one. */
	becomeHandheld(space: Id, name: string): Promise<void>;
	handheldPeople(): Promise<{ id: Id; name: string; initials: string }[]>;
	signInWithPin(form: { user: Id; pin: string }): Promise<void>;
	leaveHandheld(): Promise<void>;
	/** Somebody taps or types: who came in by PIN stays signed in by this (and by writing) alone. */
	used(): void;
	/** What would be lost: ops not acknowledged, in all spaces. */
	unsent(): Promise<number>;
	/**
	 * The database of the person is deleted only when nothing is unsent, or with discard after it was offered as a file.  With keep it stays in
	 * any case: notes hold half-typed forms, which the engine cannot tell from settings.
	 */
	signOut(options?: { discard?: boolean; keep?: boolean }): Promise<void>;
	/** Loads spaces and definitions again (after joining or making a team). */
	refreshSpaces(): Promise<void>;

	/** Opens a space (idempotent): its rows are in memory when this settles.  All spaces are kept in sync, opened or not. */
	open(space: Id): Promise<Space>;

	/** A request of the person, outside spaces: "/auth/sessions". */
	request(method: string, path: string, options?: RequestOptions): Promise<{ status: number; data: any; headers: Headers }>;
	/** Without a token: reset of a password, look at an invitation. */
	requestOpen(method: string, path: string, options?: RequestOptions): Promise<{ status: number; data: any; headers: Headers }>;

	/** Half-typed forms and small settings of this person on this device: they outlive a reload and never leave it. */
	readonly notes: {
		get(key: string): any; put(key: string, value: any): void; drop(key: string): void; keys(prefix: string): string[];
		/** false: this device could not keep it; it stands in memory until the page closes. */
		isStored(key: string): boolean;
	};

	/** The server's time as well as it is known (ms): this device's monotonic clock plus the offset seen in answers. */
	now(): number;

	/** Called when session, spaces or notes changed.  Answers how to stop. */
	subscribe(listener: () => void): () => void;
}

/** What the engine needs from where it runs; each has the browser's own as default.  Tests hand in their own. */
export interface EngineOptions {
	/** "" or "https://daybook.example.org" */
	base?: string;
	/** Name of the database family; two engines with different names share nothing. */
	name?: string;
	deviceName?: string;
	/** true: the refresh token is an HttpOnly cookie (web app); false: kept in the database (other programs). */
	cookie?: boolean;
	fetch?: typeof fetch;
	indexedDB?: IDBFactory;
	locks?: LockManager | null;
	channel?: ((name: string) => { postMessage(message: unknown): void; onmessage: ((event: { data: any }) => void) | null; close(): void }) | null;
	clock?: { now(): number; wait(callback: () => void, ms: number): unknown; forget(handle: unknown): void };
	random?: (bytes: Uint8Array) => Uint8Array;
	/** Is somebody looking; tells when that changes. */
	page?: { visible(): boolean; subscribe(listener: () => void): () => void };
	network?: { online(): boolean; subscribe(listener: () => void): () => void };
	storage?: { persist(): Promise<boolean>; persisted(): Promise<boolean> } | null;
	/** Milliseconds between polls while looked at; 5,000. */
	poll?: number;
}

export function createEngine(options?: EngineOptions): Engine;
/** This device cannot keep something: no room (full), no storage (missing), a newer app elsewhere (newer, blocked), or it is broken. */
export class StorageError extends Error {
	constructor(reason: "full" | "newer" | "blocked" | "missing" | "broken", cause?: unknown);
	reason: "full" | "newer" | "blocked" | "missing" | "broken";
}
/** Somebody asked for what cannot be done here; the words are for people. */
export class EngineError extends Error {
	constructor(message: string);
}
/** UUIDv7. */
export function newId(): Id;
/** The id of a record of a collection with `unique` fields (schema/PROTOCOL.md 1), or null when the client chooses it. */
export function idOf(definition: Definition, owner: Id, fields: Fields): Id | null;
