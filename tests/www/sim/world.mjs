// A simulated world: one clock, one server, a network, devices with tabs, and a history of what people did and what
// went over the wire, for checker.mjs.  Everything in it follows from its seed.
import { Chance } from "../../lib/chance.mjs";
import { Clock, settle } from "./clock.mjs";
import { Device } from "./device.mjs";
import { Network } from "./network.mjs";
import { Server } from "./server.mjs";

// The world that the globals follow (Date, Math.random, crypto); one at a time.
let current;

// Code that uses browser globals instead of what the engine was given gets the same values in each run.
function takeGlobals() {
	const { crypto } = globalThis;

	globalThis.Date = class SimulatedDate extends globalThis.Date {
		constructor(...args) {
			super(...(args.length === 0 ? [current.clock.now] : args));
		}

		static now() { return current.clock.now; }
	};
	Math.random = () => current.ids.number();
	crypto.getRandomValues = (bytes) => {
		current.ids.bytes(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
		return bytes;
	};
	crypto.randomUUID = () => current.server.newId();
	globalThis.setTimeout = (callback, ms = 0, ...args) => current.clock.wait(() => callback(...args), ms);
	globalThis.clearTimeout = (timer) => current.clock.forget(timer);
	AbortSignal.timeout = (ms) => {
		const control = new AbortController();
		current.clock.wait(() => control.abort(new DOMException("It took too long.", "TimeoutError")), ms);
		return control.signal;
	};
	process.on("unhandledRejection",
		(error) => current.fault(`nobody took this failure: ${error?.stack ?? error}`));
}

export class World {
	constructor({ seed = 1, createEngine, ...serverOptions }) {
		this.chance = new Chance(seed);
		this.ids = this.chance.fork();
		this.clock = new Clock();
		this.server = new Server({ clock: this.clock, chance: this.chance.fork(), ...serverOptions });
		this.network = new Network({ clock: this.clock, server: this.server, chance: this.chance.fork() });
		this.createEngine = createEngine;
		this.devices = [];
		this.tabsMade = 0;
		this.history = [];
		this.faults = [];
		this.moments = [];
		this.clock.each = () => { this.burnFuses(); this.reachMoments(); };
		if (current === undefined)
			takeGlobals();
		current = this;
	}

	// Something that must never be, found as it happens.
	fault(what) {
		this.faults.push(`at ${this.clock.now}: ${what}`);
	}

	note(kind, more) {
		const event = { kind, at: this.clock.now, wire: this.network.wire.length, ...more };

		this.history.push(event);
		return event;
	}

	device(options) {
		const device = new Device(this, { name: `device-${this.devices.length + 1}`, ...options });

		this.devices.push(device);
		return device;
	}

	burnFuses() {
		for (const device of this.devices)
			for (const tab of [...device.tabs])
				if (tab.fuse > 0 && --tab.fuse === 0)
					tab.kill();
	}

	// At some step of the world, in the midst of whatever goes on.
	inSteps(steps, doing) { this.moments.push({ steps, doing }); }

	reachMoments() {
		const now = this.moments.filter((moment) => (moment.steps -= 1) <= 0);

		this.moments = this.moments.filter((moment) => moment.steps > 0);
		for (const { doing } of now)
			doing();
	}

	run(ms) { return this.clock.run(ms); }
	settle() { return settle(this.clock.each); }

	// Waits, in the world's time, for a promise of the engine's.
	async finish(promise, ms = 120_000) {
		let outcome;

		promise.then((value) => { outcome = { value }; }, (error) => { outcome = { error }; });
		if (!await this.clock.until(() => outcome !== undefined, ms))
			throw new Error("the engine's promise does not settle");
		if ("error" in outcome)
			throw outcome.error;
		return outcome.value;
	}

	// Nothing of it goes on in the world after it.
	end() {
		for (const device of this.devices)
			for (const tab of [...device.tabs])
				tab.kill();
		return this.settle();
	}

	// A tab with an engine, signed in.
	async enter(device, user) {
		const tab = device.open(this.createEngine);

		await this.finish(tab.engine.start());
		if (tab.engine.session.status !== "in")
			await this.finish(tab.engine.signIn({ email: user.email, password: user.password }));
		return tab;
	}
}
