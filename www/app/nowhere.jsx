// An address that leads nowhere.

import { Button, Empty, Page } from "../ui/index.js";
import { go } from "../base/router.jsx";

export function Nowhere() {
	return (
		<Page title="Not here">
			<Empty icon="route" text="There is nothing at this address in this space." action={<Button kind="primary" onClick={() => go("/")}>Go to Today</Button>} />
		</Page>
	);
}
