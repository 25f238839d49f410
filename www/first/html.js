// The only file that touches the document: a small renderer.  A view returns a tree made with h(); show() brings the page in line with
// it and leaves every node alone that has not changed, so focus, selection and scrolling survive.  Text is always set as text.

const SVG = "http://www.w3.org/2000/svg";
const AS_PROPERTY = new Set(["value", "checked", "disabled", "hidden", "indeterminate", "readOnly"]);

// h("p", { class: "hint", "--width": "4ch", onclick: act }, "text", h("b", null, "more"), condition && h(…)).  `key` ties a node to the thing it shows.
// `mounted` is called with the element once, after it has been put into the page.
export function h(tag, props, ...children) {
	return { tag, props: props ?? {}, key: props?.key, children: children.flat(Infinity).filter(isShown).map(asNode), svg: false };
}

// The same for SVG, all the way down.
export function svg(tag, props, ...children) {
	return { ...h(tag, props, ...children), svg: true };
}

function isShown(child) {
	return child !== null && child !== undefined && child !== false && child !== true && child !== "";
}

function asNode(child) {
	return typeof child === "object" ? child : { text: String(child) };
}

function create(node, mounts) {
	if (node.text !== undefined) {
		node.dom = document.createTextNode(node.text);
		return node.dom;
	}
	node.dom = node.svg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
	node.dom.daybookHandlers = {};
	patchChildren(node.dom, [], node.children, mounts);
	patchProps(node.dom, {}, node.props);
	if (node.props.mounted)
		mounts.push(() => node.props.mounted(node.dom));
	return node.dom;
}

function handle(event) {
	this.daybookHandlers[event.type]?.(event);
}

function setProp(dom, name, value) {
	if (name.startsWith("on")) {
		const type = name.slice(2);
		if (!(type in dom.daybookHandlers))
			dom.addEventListener(type, handle);
		dom.daybookHandlers[type] = value ?? undefined;
	} else if (name.startsWith("--")) {
		dom.style.setProperty(name, value ?? null);
	} else if (AS_PROPERTY.has(name)) {
		const wanted = value ?? (name === "value" ? "" : false);
		if (dom[name] !== wanted)
			dom[name] = wanted;
	} else if (value === null || value === undefined || value === false) {
		dom.removeAttribute(name);
	} else {
		dom.setAttribute(name, value === true ? "" : String(value));
	}
}

function patchProps(dom, before, after) {
	for (const name in before)
		if (!(name in after) && name !== "key" && name !== "mounted")
			setProp(dom, name, null);
	for (const name in after) {
		if (name === "key" || name === "mounted")
			continue;
		// What stands in a control is the person's: it is compared with the page, not with the last tree.
		if (after[name] !== before[name] || AS_PROPERTY.has(name))
			setProp(dom, name, after[name]);
	}
}

function alike(a, b) {
	return a.tag === b.tag && a.key === b.key && (a.text === undefined) === (b.text === undefined);
}

function patch(before, after, mounts) {
	after.dom = before.dom;
	if (after.text !== undefined) {
		if (after.text !== before.text)
			after.dom.data = after.text;
		return;
	}
	patchChildren(after.dom, before.children, after.children, mounts);
	patchProps(after.dom, before.props, after.props);
}

function patchChildren(parent, before, after, mounts) {
	const keyed = new Map(before.filter((node) => node.key !== undefined).map((node) => [node.key, node]));
	const loose = before.filter((node) => node.key === undefined);
	const kept = new Set();

	for (const node of after) {
		const candidate = node.key !== undefined ? keyed.get(node.key) : loose.find((old) => !kept.has(old) && alike(old, node));
		if (candidate && !kept.has(candidate) && alike(candidate, node)) {
			kept.add(candidate);
			patch(candidate, node, mounts);
		} else {
			create(node, mounts);
		}
	}
	for (const node of before)
		if (!kept.has(node))
			node.dom.remove();

	let place = parent.firstChild;
	for (const node of after) {
		if (node.dom === place)
			place = place.nextSibling;
		else
			parent.insertBefore(node.dom, place);
	}
}

// Make the children of parent look like tree.  Remembers on the element what it showed last.
export function show(parent, tree) {
	const mounts = [];
	const after = [tree].flat(Infinity).filter(isShown).map(asNode);

	patchChildren(parent, parent.daybookTree ?? [], after, mounts);
	parent.daybookTree = after;
	for (const mount of mounts)
		mount();
}
