// The shipped definitions, by name, as the server reads them.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "schema", "collections");

export const definitions = Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith(".json"))
	.map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"))).map((one) => [one.name, one]));

export function fieldIn(collection, name) {
	return definitions[collection].fields.find((field) => field.name === name);
}
