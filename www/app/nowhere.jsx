// The screen of an address that does not exist.

import { Button, Empty, Page } from "../ui/index.js";
import { go } from "../base/router.jsx";

export function Nowhere() {
	const home = <Button kind="primary" onClick={() => go("/")}>Go to Today</Button>;
	return (
		<Page title="Not here">
			<Empty icon="route" text="There is nothing at this address in this space." action={home} />
		</Page>
	);
}
