// How the page stands up: to hostile values, to every kind of field, to thousands of rows, on a phone and on a desktop, in both colour
// schemes, with a keyboard alone.
import assert from "node:assert/strict";
import test from "node:test";
import { start } from "../harness.mjs";
import { PHONE, POLL, assertSilent, at, chipSays, field, launch, openDevice, row, save, signIn, toastSays } from "./browser.mjs";

const stack = await start();
const browser = await launch();

async function deviceOf(name, options) {
	const page = await openDevice(browser, options);
	await signIn(page, stack, stack.as(name));
	return page;
}

const HOSTILE = [
	`<img src=x onerror="document.title='owned'">`,
	`"><script>document.title='owned'</script>`,
	"{{7*7}} ${7*7} <%= 7*7 %>",
	"\u202Eright to left\u202C and مرحبا بالعالم",
	"👩‍👩‍👧‍👦 🚚 e\u0301",
	"=HYPERLINK(\"http://example.org\")",
	"x".repeat(200),
];

test("hostile values are text, wherever they are shown", async () => {
	const anna = stack.as("anna");
	for (const [i, title] of HOSTILE.entries())
		assert.equal((await anna.post("/api/tasks", { title, order: "a" + i, days: ["<b>"] })).status, 201);
	const page = await deviceOf("anna");
	await at(page, "tasks");
	await row(page, "right to left").waitFor();
	const titles = await page.locator(".row .title").allTextContents();
	assert.deepEqual(titles, HOSTILE);
	assert.equal(await page.locator(".frame img, .frame script, .frame b:not(.lead b)").count(), 0);
	for (let i = 0; i < HOSTILE.length; i++) {
		await page.locator(".row a").nth(i).click();
		assert.equal(await field(page, "Title").inputValue(), HOSTILE[i]);
		await page.getByRole("link", { name: "History" }).click();
		await page.locator(".event").first().waitFor();
		await page.keyboard.press("Escape");
	}
	assert.match(await page.title(), /^Tasks/);
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
	await page.locator("#search").fill("<img");
	assert.equal(await page.locator(".row").count(), 1);
	assertSilent(page);
	await page.context().close();
});

test("ten thousand characters are refused in words and kept", async () => {
	const page = await deviceOf("ben");
	await at(page, "cars", "+");
	const long = "<i>äöü</i> ".repeat(1000);
	await field(page, "Car").fill("7");
	await field(page, "Notes").fill(long);
	await save(page);
	await page.locator(".pane .error", { hasText: "At most 1000 characters; these are 11000." }).waitFor();
	assert.equal(await field(page, "Notes").inputValue(), long);
	await field(page, "Notes").fill(long.slice(0, 1000));
	await save(page);
	await toastSays(page, "Added.");
	assert.equal((await stack.as("ben").get("/api/cars/7")).body.car.notes, long.slice(0, 1000));
	assertSilent(page);
	await page.context().close();
});

// A value for each kind of widget, typed as a person would.
const TYPED = {
	text: (box) => box.fill("Words"),
	lines: (box) => box.fill("Some words\nin two lines"),
	number: (box, field) => box.fill(String(Math.min(12, field?.max ?? 12))),
	date: (box) => box.fill("2026-11-20"),
	time: (box) => box.fill("08:30"),
	instant: (box) => box.fill("2026-11-20T08:30"),
	list: (box) => box.fill("mon, tue"),
	place: (box) => box.fill("52.52001, 13.40495"),
	toggle: (box) => box.setChecked(true),
	choice: (box) => box.selectOption({ index: 1 }),
	segments: (box) => box.check({ force: true }),
	ref: (box) => box.selectOption({ index: 1 }),
};

// Fields that say together what is so (an end is after its start), or must name something that is there: left as they are,
// unless they have to be filled.
const RELATED = ["end", "order", "duration", "zone", "currency", "user", "supervisor", "assignee", "to", "toUser", "email", "website", "requirePhoto"];

test("each collection can be filled in, saved and seen again from its definition alone", async () => {
	const dora = stack.as("dora");
	await dora.post("/api/tasks", { title: "Check tyres" });
	const { body } = await dora.get("/api/collections");
	const page = await deviceOf("dora");
	await chipSays(page, "Up to date");
	for (const collection of body.collections.filter(({ may }) => may.create !== undefined)) {
		const filled = [];
		await at(page, collection.name, "+");
		await page.locator(".pane .field").first().waitFor();
		for (const box of await page.locator(".pane .field").all()) {
			const kind = /kind-(\w+)/.exec(await box.getAttribute("class"))?.[1];
			const input = box.locator("input, select, textarea").first();
			const name = /^field-(\w+)/.exec(await box.locator("[id^=field-]").first().getAttribute("id"))?.[1];
			const field = collection.fields.find((one) => one.name === name);
			const required = field?.required;
			if (kind === undefined)
				await input.fill("A1");
			else if (kind === "ref" && !required && await input.locator("option").count() < 2)
				continue;
			else if (name === "end" && required)
				await input.fill("2026-11-20T17:00");
			else if (RELATED.includes(name) && collection.name !== "mileage" && (!required || await input.inputValue() !== ""))
				continue;
			else
				await TYPED[kind](input, field);
			if (kind !== "segments" || required) // the first of an optional choice is none
				filled.push(name);
		}
		await save(page);
		await page.locator(".pane.open").waitFor({ state: "detached", timeout: 10_000 }).catch(async (error) => {
			throw new Error(`${collection.name} was not saved: ${await page.locator(".pane .error").allInnerTexts()}`, { cause: error });
		});
		const { body: answer } = await dora.get("/api/" + collection.name);
		const record = answer[collection.name].at(-1);
		for (const one of collection.fields.filter(({ name }) => filled.includes(name) && name !== "empty"))
			assert.ok(record[one.name] !== undefined || one.default !== undefined, `${collection.name}.${one.name} was saved`);
	}
	assertSilent(page);
	await page.context().close();
});

test("thousands of rows stay quick: only a window of them is in the page", async () => {
	const carl = stack.as("carl");
	const ops = Array.from({ length: 3000 }, (_, i) => ({
		op: `op-${i}`, collection: "mileage", id: `trip-${i}`, base: 0,
		set: { date: `2026-${String(1 + i % 11).padStart(2, "0")}-${String(1 + i % 28).padStart(2, "0")}`, from: `Place ${i}`, to: "Shop", miles: i / 10 },
	}));
	for (let i = 0; i < ops.length; i += 200)
		assert.equal((await carl.push(ops.slice(i, i + 200))).status, 200);
	const page = await deviceOf("carl");
	await at(page, "mileage");
	await chipSays(page, "Up to date");
	await page.getByText("Show more").waitFor();
	assert.ok(await page.locator(".row").count() <= 300);
	const took = await page.evaluate(async () => {
		const box = document.querySelector("#search");
		const began = performance.now();
		box.value = "place 2999";
		box.dispatchEvent(new Event("input"));
		await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
		return performance.now() - began;
	});
	assert.equal(await page.locator(".row").count(), 1);
	assert.ok(took < 1000, `a search took ${took} ms`);
	assert.match(await page.locator(".found").innerText(), /^1 of 3,000$/);
	assertSilent(page);
	await page.context().close();
});

async function overflow(page) {
	return page.evaluate(() => [document.documentElement, ...document.querySelectorAll(".fields, .scroll, .sheet-body")]
		.reduce((most, dom) => Math.max(most, dom.scrollWidth - dom.clientWidth), 0));
}

// Controls a finger must hit that are smaller than 48 pixels in height.
async function small(page) {
	return page.evaluate(() => [...document.querySelectorAll("button, a, input:not([type=radio], [type=checkbox], [type=file]), select, .segment")]
		.filter((dom) => dom.checkVisibility() && !dom.closest(".skip") && dom.getBoundingClientRect().height > 0)
		.filter((dom) => dom.getBoundingClientRect().height < (dom.closest(".segments") ? 40 : 48))
		.map((dom) => `${dom.className || dom.tagName} ${Math.round(dom.getBoundingClientRect().height)}`));
}

test("on a phone everything fits, can be hit, and the form is a sheet over the list", async () => {
	await stack.as("emil").post("/api/cars", { id: "128489", location: "Yard", notes: "Left rear tyre low, and quite a few more words than fit on one line" });
	const page = await deviceOf("emil", PHONE);
	for (const width of [320, 360, 768]) {
		await page.setViewportSize({ width, height: 780 });
		for (const place of ["cars", "mileage", "tasks", "workSessions", "workSettings", "cars/128489", "cars/128489/history", "mileage/+", "workSessions/+"]) {
			await at(page, ...place.split("/"));
			await page.waitForTimeout(150);
			assert.equal(await overflow(page), 0, `${place} at ${width}`);
			assert.deepEqual(await small(page), [], `${place} at ${width}`);
		}
	}
	await page.setViewportSize(PHONE.viewport);
	await at(page, "cars");
	await row(page, "128489").tap();
	await page.locator(".pane.open").waitFor();
	const pane = await page.locator(".pane").boundingBox();
	assert.ok(pane.width === 360 && pane.y > 0 && pane.y < 40);
	await field(page, "Notes").fill("half");
	await page.getByRole("button", { name: "Close" }).tap();
	await page.locator(".mark", { hasText: "Not saved" }).waitFor();
	await page.goBack();
	assert.equal(await field(page, "Notes").inputValue(), "half");
	await page.getByRole("button", { name: "Undo changes" }).tap();
	await toastSays(page, "Discarded.");
	assert.match(await field(page, "Notes").inputValue(), /^Left rear/);
	assertSilent(page);
	await page.context().close();
});

test("on a desktop list and form stand side by side, and the keyboard is enough", async () => {
	const flo = stack.as("flo");
	for (const id of ["100", "101", "102"])
		await flo.post("/api/cars", { id, location: "Yard" });
	const page = await deviceOf("flo");
	await at(page, "cars");
	await row(page, "102").waitFor();
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	await page.waitForFunction(() => document.querySelector(".pane h2")?.textContent === "Car 101");
	const [list, pane] = [await page.locator(".list").boundingBox(), await page.locator(".pane").boundingBox()];
	assert.ok(list.x + list.width <= pane.x + 1 && list.width >= 360 && pane.width >= 380);
	await page.keyboard.press("e");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Space");
	await page.keyboard.press("Enter");
	await toastSays(page, "Saved.");
	assert.equal((await flo.get("/api/cars/101")).body.car.arrived, true);
	await page.keyboard.press("/");
	await page.keyboard.type("101");
	assert.equal(await page.locator(".row").count(), 1);
	await page.keyboard.press("Escape");
	assert.equal(await page.locator(".row").count(), 3);
	await page.keyboard.press("Escape");
	await page.keyboard.press("n");
	await page.waitForFunction(() => document.activeElement?.id === "field-id");
	await page.keyboard.type("103");
	await page.keyboard.press("Escape");
	await page.locator(".row.draft").waitFor();
	assertSilent(page);
	await page.context().close();
});

// The contrast of all text on the page against what is behind it, as WCAG counts it: the pairs below 4.5.
async function faint(page) {
	return page.evaluate(() => {
		const canvas = document.createElement("canvas");
		canvas.width = canvas.height = 1;
		const pen = canvas.getContext("2d", { willReadFrequently: true });
		const rgb = (...layers) => {
			pen.clearRect(0, 0, 1, 1);
			for (const layer of layers) {
				pen.fillStyle = layer;
				pen.fillRect(0, 0, 1, 1);
			}
			return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
		};
		const light = (color) => {
			const [r, g, b] = color.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
			return 0.2126 * r + 0.7152 * g + 0.0722 * b;
		};
		const behind = (dom) => {
			const layers = [];
			for (let one = dom; one; one = one.parentElement)
				layers.unshift(getComputedStyle(one).backgroundColor);
			return layers;
		};
		const found = new Set();
		for (const dom of document.querySelectorAll("body *")) {
			const words = [...dom.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
			if (!words || !dom.checkVisibility() || dom.closest(".skip, :disabled"))
				continue;
			const layers = behind(dom), style = getComputedStyle(dom);
			const a = light(rgb(...layers, style.color)), b = light(rgb(...layers));
			const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
			if (contrast < 4.5)
				found.add(`${dom.className || dom.tagName}: ${contrast.toFixed(2)}`);
			if (parseFloat(style.fontSize) < 12)
				found.add(`${dom.className || dom.tagName}: ${style.fontSize}`);
		}
		return [...found];
	});
}

for (const colorScheme of ["light", "dark"]) {
	test(`all text can be read in ${colorScheme}, and every control has a name`, async () => {
		const gil = stack.as("gil" + colorScheme);
		const { body } = await gil.post("/api/weights", { date: "2026-11-20", kg: 79.4, note: "a note" });
		await gil.post("/api/cars", { id: "100", arrived: true });
		const page = await openDevice(browser, { viewport: { width: 1440, height: 900 }, colorScheme });
		await page.goto(stack.url + "/");
		await page.getByRole("button", { name: "Sign in" }).click();
		assert.deepEqual(await faint(page), []);
		await signIn(page, stack, gil);
		await at(page, "cars");
		await row(page, "100").waitFor();
		assert.deepEqual(await faint(page), []);
		await at(page, "weights", body.weight.id);
		await field(page, "Weight (kg)").fill("nonsense");
		await save(page);
		await gil.patch(`/api/weights/${body.weight.id}`, { kg: 80 });
		await page.locator(".clash").waitFor({ timeout: POLL + 2_000 });
		assert.deepEqual(await faint(page), []);
		await page.locator(".chip").click();
		await page.locator(".sheet").waitFor();
		assert.deepEqual(await faint(page), []);
		const nameless = await page.evaluate(() => [...document.querySelectorAll("input, select, textarea, button, a[href]")]
			.filter((dom) => !(dom.labels?.length || dom.getAttribute("aria-label") || dom.textContent.trim() || dom.getAttribute("aria-labelledby")))
			.map((dom) => dom.outerHTML));
		assert.deepEqual(nameless, []);
		assertSilent(page);
		await page.context().close();
	});
}

test("the page loads nothing from elsewhere and names a strict policy itself", async () => {
	const page = await openDevice(browser);
	const asked = [];
	page.on("request", (request) => asked.push(request.url()));
	await signIn(page, stack, stack.as("hal"));
	assert.deepEqual(asked.filter((url) => !url.startsWith(stack.url + "/")), []);
	const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
	assert.match(policy, /default-src 'self'/);
	assert.doesNotMatch(policy, /unsafe/);
	assert.equal(await page.locator("[style], [onclick]").evaluateAll((all) => all.filter((dom) => dom.hasAttribute("onclick") || !/^--[\w-]+: [\w.]+;$/.test(dom.getAttribute("style"))).length), 0);
	const blocked = await page.evaluate(() => {
		try {
			document.createElement("div").innerHTML = "<b>x</b>";
			return false;
		} catch {
			return true;
		}
	});
	assert.equal(blocked, true);
	await page.context().close();
});
