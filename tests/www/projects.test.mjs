// What work is for, without a document: the colours, the groups, the tags and what is billed.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
	COLOURS, byClient, currencySign, fieldsOfProject, isBillable, nextColour, openProjects, secondsByProject,
	tagsUsed, tasksUsed, withTags,
} from "../../www/time/projects.js";

const clients = [{ id: "s", name: "South" }, { id: "n", name: "north" }];
const projects = [
	{ id: "roof", name: "Roof", client: "s" }, { id: "own", name: "Own" },
	{ id: "hall", name: "Hall", client: "n" },
	{ id: "old", name: "Attic", client: "n", archived: true }, { id: "lost", name: "Lost", client: "gone" },
];

test("the colours are those that a project can have", () => {
	const { fields } = JSON.parse(readFileSync(new URL("../../schema/collections/projects.json", import.meta.url)));
	assert.deepEqual([...COLOURS].sort(), [...fields.find(({ name }) => name === "colour").choices].sort());
});

test("a new project gets the colour that the fewest have, archived ones aside", () => {
	assert.equal(nextColour([]), COLOURS[0]);
	const all = COLOURS.map((colour) => ({ colour }));
	assert.equal(nextColour(all), COLOURS[0]);
	assert.equal(nextColour([...all, { colour: COLOURS[0] }]), COLOURS[1]);
	assert.equal(nextColour([{ colour: COLOURS[0], archived: true }]), COLOURS[0]);
});

test("projects stand under their clients, both by name; those without a client come first", () => {
	const words = (groups) => groups.map(({ client, projects: list }) =>
		`${client?.name ?? "-"}: ${list.map(({ name }) => name).join(", ")}`);
	assert.deepEqual(words(byClient(projects, clients)), ["-: Lost, Own", "north: Attic, Hall", "South: Roof"]);
	assert.deepEqual(words(byClient([], clients)), ["-: ", "north: ", "South: "]);
	assert.deepEqual(words(openProjects(projects, clients)), ["-: Lost, Own", "north: Hall", "South: Roof"]);
	assert.deepEqual(words(openProjects(projects, clients, "old")),
		["-: Lost, Own", "north: Attic, Hall", "South: Roof"]);
});

test("what is billed follows the project until the session says otherwise", () => {
	const billed = { id: "hall", billable: true };
	assert.equal(isBillable({}, null), false);
	assert.equal(isBillable({}, billed), true);
	assert.equal(isBillable({ billable: false }, billed), false);
	assert.equal(isBillable({ billable: true }, null), true);
	assert.deepEqual(fieldsOfProject(billed), { project: "hall", billable: true });
	assert.deepEqual(fieldsOfProject({ id: "own" }), { project: "own", billable: false });
	assert.deepEqual(fieldsOfProject(null), { project: null, billable: null });
});

test("tags are offered the latest first and kept in the spelling that is known", () => {
	const sessions = [["wet"], undefined, ["Two up", "WET"], ["dry"]].map((tags) => ({ row: { tags } }));
	assert.deepEqual(tagsUsed(sessions), ["wet", "Two up", "dry"]);
	assert.deepEqual(tagsUsed(sessions, 2), ["wet", "Two up"]);
	assert.deepEqual(withTags(null, [" WET ", "new", "New"], ["wet"]), ["wet", "new"]);
	assert.deepEqual(withTags(["wet"], ["Wet"], ["wet"]), ["wet"]);
	assert.equal(withTags(null, [" "]), null);
});

test("tasks are those of the project", () => {
	const rows = [
		{ project: "hall", task: "Walls" }, { task: "None" }, { project: "hall", task: "Doors" },
		{ project: "hall", task: "Walls" },
	].map((row) => ({ row }));
	assert.deepEqual(tasksUsed(rows, "hall"), ["Walls", "Doors"]);
	assert.deepEqual(tasksUsed(rows, null), ["None"]);
});

test("hours of a project are those of its work in the span", () => {
	const of = (project, day, seconds, lunch = false) => ({ row: { project }, day, seconds, lunch });
	const sums = secondsByProject([
		of("hall", "2026-11-01", 60), of("hall", "2026-11-30", 30), of("hall", "2026-12-01", 7),
		of("hall", "2026-11-02", 5, true), of(undefined, "2026-11-02", 9), of("own", "2026-11-02", 1),
	], "2026-11-01", "2026-11-30", ({ seconds }) => seconds);
	assert.deepEqual([...sums], [["hall", 90], ["own", 1]]);
});

test("the sign of a currency", () => {
	assert.deepEqual(["EUR", "USD", "GBP", "JPY"].map((one) => currencySign(one, "en")), ["€", "$", "£", "¥"]);
	assert.equal(currencySign("nonsense", "en"), "nonsense");
	assert.equal(currencySign(undefined, "en"), "$");
});
