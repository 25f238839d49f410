// What makes a space again what it was: an owner restores a backup, somebody undoes what was done in a span, and an
// operator puts a snapshot of the database back and tells nobody.  Devices are offline meanwhile, with edits that wait.
import { isTag } from "./checker.mjs";
import { backupOf, bringBack, undoOps } from "./records.mjs";

const BACKUPS = 3; // that are kept of all teams

export class Returns {
	constructor(story) {
		this.story = story;
		this.backups = [];
		this.setBack = new Set(); // spaces whose past became another one without anybody being told
	}

	get server() { return this.story.world.server; }
	get chance() { return this.story.chance; }

	// A team in which its owner still is, as somebody who writes at no device of the story.
	office() {
		const team = this.chance.pick(this.story.teams), space = this.server.space(team.id);
		const [{ id }] = this.story.people, person = space && this.server.personIn(space, id);

		return person && { team, space, person: { ...person, device: "elsewhere" } };
	}

	backup() {
		const { team, space } = this.office() ?? {};

		if (team === undefined)
			return;
		this.story.tell(`a backup of ${team.short} is made, at ${space.seq}`);
		this.backups = [...this.backups, { team, records: backupOf(space) }].slice(-BACKUPS);
	}

	// While a restore is under way nobody else writes in the space.
	bringBack() {
		const { story, chance, server } = this;

		if (this.backups.length === 0)
			return;
		const { team, records } = chance.pick(this.backups);
		const how = chance.pick([
			{ mode: "merge", changed: "keep" }, { mode: "merge", changed: "restore" }, { mode: "replace" },
		]);
		story.tell(`a backup of ${team.short} is being restored: ${how.mode} ${how.changed ?? ""}`);
		server.restoring.add(team.id);
		story.world.clock.wait(() => {
			server.restoring.delete(team.id);
			this.finish(team, records, how);
		}, chance.pick([0, chance.between(100, 20_000)]));
	}

	finish(team, records, how) {
		const { story, server } = this, space = server.space(team.id), [{ id }] = story.people;
		const person = space && server.personIn(space, id);

		if (person === undefined)
			return;
		const written = bringBack(server.collections, space, { ...person, device: "elsewhere" }, records,
			{ ...how, now: story.world.clock.now, newId: () => server.newId() });
		story.tell(`${written.length} records of ${team.short} are written by the restore`);
		this.note(team, written.map(({ values, ...one }) => ({ ...one, set: values })));
		story.truth.shake();
	}

	undoSpan() {
		const { team, space } = this.office() ?? {}, { chance, story, server } = this;

		if (team === undefined)
			return;
		const span = {
			from: Math.max(space.minSeq, space.seq - chance.between(1, 30)),
			by: chance.of(0.5) ? chance.pick(story.people).id : undefined,
		};
		const ops = undoOps(server.collections, space, span);
		story.tell(`${ops.length} records of ${team.short} are undone from ${span.from} on`);
		this.note(team, ops);
		story.writeThere(team, ops);
	}

	// What is put back may stand there once more.
	note(team, ops) {
		const { story } = this;

		for (const { collection, id, set } of ops)
			for (const [name, value] of Object.entries(set ?? {}))
				if (isTag(value))
					story.intents.push({
						device: "elsewhere", user: story.people[0].id, space: team.id,
						collection, id, kind: "undo", fields: { [name]: value },
						op: "elsewhere", givenUp: true,
					});
	}

	// Nothing but what is missing tells of it.
	putBack(dump) {
		const { story, server } = this;
		const heads = [...dump.spaces.values()].map((space) => `${space.name} to ${space.seq}`);

		story.tell(`a snapshot of the database is put back: ${heads.join(", ")}`);
		for (const id of dump.spaces.keys())
			this.setBack.add(id);
		server.setBack(dump);
		story.truth.shake();
		for (const team of story.teams)
			story.noteManagers(team);
	}

	// The spaces of the server for checker.mjs, which reads from `epochs` whether a past was ever lost.
	spaces() {
		return new Map([...this.server.db.spaces].map(([id, space]) => [id,
			this.setBack.has(id) ? { ...space, epochs: [...space.epochs, "set back"] } : space]));
	}

	hasLostPast(id) { return (this.spaces().get(id)?.epochs.length ?? 0) > 0; }

	becomeQuiet() { this.server.restoring.clear(); }
}
