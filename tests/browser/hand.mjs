// A pointer and a keyboard whose events carry timestamps that the test sets.  The app takes two presses at one place
// within half a second for one.  With the machine's own times, a pause or a quick machine would make one press of two,
// or two of one.  The clock of a hand may run ahead of the machine's; its later presses then follow that clock.
const APART = 1; // seconds between two presses that count as two
const TWICE = 0.1; // seconds between the halves of a double press

/** {press(locator), pressTwice(locator), down(), up()} for the page: a pointer, and the key Enter. */
export async function handOf(page) {
	const wire = await page.context().newCDPSession(page);
	let time = 0, isDown = false;

	// The time of the next press: at least APART after this hand's last one, and at least `ahead` seconds after the
	// machine's clock.
	const next = (ahead = 0) => {
		time = Math.max(Date.now() / 1000 + ahead, time + APART);
		return time;
	};
	const click = async ({ x, y }, timestamp) => {
		for (const type of ["mousePressed", "mouseReleased"])
			await wire.send("Input.dispatchMouseEvent",
				{ type, x, y, button: "left", clickCount: 1, timestamp });
	};
	const stroke = (type, more) => wire.send("Input.dispatchKeyEvent", {
		type, key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, timestamp: next(), ...more,
	});
	// The middle of what is there, still and seen; not covered, as for any press of these tests.
	const middleOf = async (locator) => {
		await locator.click({ trial: true });
		const { x, y, width, height } = await locator.boundingBox();
		return { x: x + width / 2, y: y + height / 2 };
	};

	return {
		/** A press of its own, never the second half of a double press. */
		async press(locator) {
			await click(await middleOf(locator), next(APART));
		},
		/** As a nervous hand does; what stands there may be another by the second half. */
		async pressTwice(locator) {
			const place = await middleOf(locator), first = next();
			await click(place, first);
			await click(place, first + TWICE);
		},
		/** Enter goes down.  A second call before up() is a repeat of the held key. */
		async down() {
			await stroke("keyDown", { text: "\r", autoRepeat: isDown });
			isDown = true;
		},
		async up() {
			await stroke("keyUp");
			isDown = false;
		},
	};
}
