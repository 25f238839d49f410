// Presses that are to be ignored.  A press right after something has moved under the finger was meant for what was
// there before.  The second half of a double press does nothing of its own.

const BLINK = 500; // milliseconds that a person needs to notice that something moved
const NEAR = 24; // pixels within which two presses are at the same place

/**
 * For one part of the screen.  moved(): something else is there now.  isBlind(event): whether a press came too soon
 * after that.  isSecond(event): whether it came too soon after the press before, at the same place.
 */
export function createPresses() {
	let movedAt = -BLINK, pressed = { x: 0, y: 0, at: -BLINK };

	return {
		moved() {
			movedAt = performance.now();
		},
		isBlind: (event) => event.timeStamp - movedAt < BLINK,
		isSecond({ clientX: x, clientY: y, timeStamp: at }) {
			const before = pressed;
			pressed = { x, y, at };
			return at - before.at < BLINK && Math.hypot(x - before.x, y - before.y) < NEAR;
		},
	};
}
