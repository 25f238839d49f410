// Makes the database that the stacks of a run begin with: node database.mjs TO.  The shipped deploy/run
// makes it, with all migrations.
import { rename } from "node:fs/promises";
import path from "node:path";
import { start } from "../harness.mjs";

const stack = await start({ own: true });
await stack.stop({ keep: true });
await rename(path.join(stack.dir, "db"), process.argv[2]);
