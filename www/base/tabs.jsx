// The parts of an area as tabs under its title.  On phones they scroll sideways, and the open one is brought into view.

import { useLayoutEffect, useRef } from "preact/hooks";
import { Link } from "./router.jsx";

// Shows a part from its top, however far the last one was scrolled.
function toTop(element) {
	element.closest(".page-main").querySelector(".page-body").scrollTop = 0;
}

/** views: [[name, title]].  addressOf(name): the address of a part. */
export function Tabs({ label, views, view, addressOf }) {
	const ref = useRef(null);
	useLayoutEffect(() => {
		const here = ref.current.querySelector("[aria-current]");
		ref.current.scrollLeft = here ? here.offsetLeft - (ref.current.clientWidth - here.offsetWidth) / 2 : 0;
		toTop(ref.current);
	}, [view]);
	return (
		<nav ref={ref} class="tabs slide" aria-label={label}>
			{views.map(([name, title]) => (
				<Link
					key={name} to={addressOf(name)} class="tab anchor line fixed touch medium soft"
					aria-current={name === view ? "page" : undefined}
				>
					{title}
				</Link>
			))}
		</nav>
	);
}
