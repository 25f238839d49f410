// Numbers that look random and are the same for the same seed (mulberry32).
export class Chance {
	constructor(seed) {
		this.state = seed >>> 0;
	}

	number() {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	below(n) { return Math.floor(this.number() * n); }
	between(low, high) { return low + this.number() * (high - low); }
	pick(list) { return list[this.below(list.length)]; }
	of(p) { return this.number() < p; }

	bytes(array) {
		for (let i = 0; i < array.length; i++)
			array[i] = this.below(256);
		return array;
	}

	// A generator of its own, so that what one part draws does not move another.
	fork() {
		return new Chance(Math.floor(this.number() * 4294967296));
	}
}
