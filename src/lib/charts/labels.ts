export type Side = 'right' | 'left' | 'top' | 'bottom';
type Box = { left: number; right: number; top: number; bottom: number };
/** A place in pixels and the name of what stands there. */
export type Spot = { x: number; y: number; text: string };

const radius = 7;
const lineHeight = 14;
/** px of a letter as wide as most */
const letter = 6.4;

/**
 * On which side of its point each name is read: the first that neither leaves the picture nor covers a point or another
 * name; null where there is none. Earlier spots choose first.
 */
export function placeLabels(spots: (Spot | null)[], width: number): (Side | null)[] {
  const points = spots.map((spot) => spot && around(spot.x, spot.y, radius * 2, radius * 2));
  const taken: Box[] = [];
  return spots.map((spot, at) => {
    if (!spot) return null;
    for (const side of ['right', 'left', 'top', 'bottom'] as const) {
      const box = boxOf(spot, side);
      if (box.left < 0 || box.right > width || box.top < 0) continue;
      if (taken.some((one) => meets(one, box))) continue;
      if (points.some((one, other) => one && other !== at && meets(one, box))) continue;
      taken.push(box);
      return side;
    }
    return null;
  });
}

function boxOf({ x, y, text }: Spot, side: Side): Box {
  const lines = text.split('\n');
  const wide = Math.max(...lines.map((line) => line.length)) * letter;
  const high = lines.length * lineHeight;
  const [aside, above] = [radius + 4 + wide / 2, radius + 2 + high / 2];
  const [dx, dy] = { right: [aside, 0], left: [-aside, 0], top: [0, -above], bottom: [0, above] }[side];
  return around(x + (dx ?? 0), y + (dy ?? 0), wide, high);
}

const around = (x: number, y: number, wide: number, high: number): Box => ({
  left: x - wide / 2,
  right: x + wide / 2,
  top: y - high / 2,
  bottom: y + high / 2,
});

const meets = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
