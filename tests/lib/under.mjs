// Work on a server while people use it: `work` is done in the middle of a load, which goes on for a while afterwards.
import { Load } from "./load.mjs";

export async function under(stack, roles, work, options) {
	const load = new Load(stack, await stack.team(roles), Object.keys(roles), options);
	try {
		await load.more(20);
		await work(load);
		await load.more(20);
		await load.settle();
	} finally {
		await load.stop();
	}
	return load;
}
