// What stands in place of a list without records while the records of the space are still coming: an empty list means
// nothing until then.

import { Trouble, Waiting } from "../ui/index.js";
import { space, status } from "./state.js";

/** That something is awaited, or why it does not come. */
export function NotYet() {
	const { trouble, problem } = status.value ?? {};
	if (!trouble)
		return <Waiting />;
	const why = trouble === "offline" ? "You are offline." : problem ?? "The server does not answer.";
	return (
		<Trouble text="Nothing could be loaded yet." onRetry={() => space.value.sync()}>
			<p>{why} Daybook keeps asking; what you add meanwhile is kept here.</p>
		</Trouble>
	);
}

/** Its children once the space has been loaded, NotYet before. */
export function OnceLoaded({ children }) {
	return status.value?.loaded ? children : <NotYet />;
}
