// A press that comes so soon after something else came under the finger was meant for what stood there before, or is the second half of
// a double press: it does nothing.

const BLINK = 500; // milliseconds a hand needs to see that something moved
const NEAR = 24; // pixels within which two presses are at one place

/** For one place of the screen: moved() says that something else stands there now, isBlind(event) whether a press came too soon after
 * that, isSecond(event) whether it came too soon after the press before, and where that was. */
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
