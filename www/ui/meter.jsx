// How much of something is reached: a ring and a bar.  part: 0..1.  label: the same in words, for screen readers.

const RADIUS = 18, ROUND = 2 * Math.PI * RADIUS;

function within(part) {
	return Math.min(1, Math.max(0, part || 0));
}

export function Ring({ part, label, size = 44 }) {
	return (
		<svg
			class="ring" width={size} height={size} viewBox="0 0 44 44" role="img" aria-label={label}
			data-full={part >= 1 ? "true" : undefined}
		>
			<circle class="ring-track" cx="22" cy="22" r={RADIUS} />
			<circle
				class="ring-part" cx="22" cy="22" r={RADIUS}
				stroke-dasharray={`${within(part) * ROUND} ${ROUND}`} transform="rotate(-90 22 22)"
			/>
		</svg>
	);
}

export function Bar({ part, label, tone }) {
	return (
		<div class="meter" role="img" aria-label={label} data-tone={tone}>
			<span style={{ inlineSize: `${within(part) * 100}%` }} />
		</div>
	);
}
