// The distance of two places along the surface of the earth, in metres.

const EARTH_RADIUS = 6_371_000; // m

/** From {lat, lng} to {lat, lng}, by the haversine formula. */
export function distance(from, to) {
	const radian = Math.PI / 180;
	const up = Math.sin((to.lat - from.lat) * radian / 2), across = Math.sin((to.lng - from.lng) * radian / 2);
	const part = up * up + Math.cos(from.lat * radian) * Math.cos(to.lat * radian) * across * across;
	return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(Math.min(1, part)));
}
