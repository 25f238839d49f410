// A text as a QR code, drawn as one path.

import { encode } from "uqr";

export default function Code({ text, label }) {
	const { data, size } = encode(text, { ecc: "M", border: 2 });
	const path = data.flatMap((line, y) => line.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
	return (
		<svg
			class="code framed" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}
			shape-rendering="crispEdges"
		>
			<rect width={size} height={size} />
			<path d={path} />
		</svg>
	);
}
