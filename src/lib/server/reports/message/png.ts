import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const squeeze = promisify(deflate);
const mostColours = 256;
/** Of each byte of a colour: how much of it tells colours apart, as little less than all as will do. */
const masks = [0xffffffff, 0xfefefefe, 0xfcfcfcfc, 0xf8f8f8f8];

/** Pixels of four bytes each: red, green, blue, opacity. */
export type Bitmap = { width: number; height: number; pixels: Buffer };

/**
 * A PNG with a palette, a third as large as one of full colours: a chart has a handful of colours and the shades between
 * them. Null where even the nearest shades are more than a palette holds.
 */
export async function encode(bitmap: Bitmap): Promise<Buffer | null> {
  const image = reduce(bitmap);
  if (!image) return null;
  const { width, height } = bitmap;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // eight bits a pixel, of a palette
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(image.colours.flatMap((colour) => bytesOf(colour).slice(0, 3)))),
    chunk('tRNS', Buffer.from(image.colours.map((colour) => bytesOf(colour)[3] ?? 0))),
    chunk('IDAT', await squeeze(image.lines, { level: 5 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

type Indexed = { colours: number[]; lines: Buffer };

function reduce(bitmap: Bitmap): Indexed | null {
  for (const mask of masks) {
    const image = index(bitmap, mask);
    if (image) return image;
  }
  return null;
}

/** Each line with its filter (none), each pixel as a number of a colour; colours that agree under the mask are one. */
function index({ width, height, pixels }: Bitmap, mask: number): Indexed | null {
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const lines = Buffer.alloc(height * (width + 1));
  const colours: number[] = [];
  const known = new Map<number, number>();
  let [from, to] = [0, 0];
  let [last, number] = [-1, 0];
  for (let y = 0; y < height; y++) {
    lines[to++] = 0;
    for (let x = 0; x < width; x++, from += 4) {
      const colour = view.getUint32(from);
      if (colour !== last) {
        last = colour;
        const key = colour & mask;
        const found = known.get(key);
        number = found ?? colours.length;
        if (found === undefined) {
          if (number === mostColours) return null;
          known.set(key, number);
          colours.push(colour);
        }
      }
      lines[to++] = number;
    }
  }
  return { colours, lines };
}

const bytesOf = (colour: number) => [
  colour >>> 24,
  (colour >>> 16) & 255,
  (colour >>> 8) & 255,
  colour & 255,
];

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
