// A press that comes so soon after something else came under the finger was meant for what stood there before, or is the second half of
// a double press: it does nothing.

const BLINK = 500; // milliseconds a hand needs to see that something moved

/** For one place of the screen: moved() says that something else stands there now, isBlind(event) whether a press came too soon. */
export function createPresses() {
	let movedAt = -BLINK;

	return {
		moved() {
			movedAt = performance.now();
		},
		isBlind: (event) => event.timeStamp - movedAt < BLINK,
	};
}
