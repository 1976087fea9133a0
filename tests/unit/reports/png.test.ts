import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encode, type Bitmap } from '../../../src/lib/server/reports/message/png.ts';

type Paint = (x: number, y: number) => [number, number, number, number];

function paint(width: number, height: number, colour: Paint): Bitmap {
  const pixels = Array.from({ length: width * height }, (_, at) =>
    colour(at % width, Math.floor(at / width)),
  );
  return { width, height, pixels: Buffer.from(pixels.flat()) };
}

/** What a reader of PNG files sees, by the words of the specification. */
function decode(file: Buffer): Bitmap {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; at += file.readUInt32BE(at) + 12)
    chunks.set(
      file.toString('latin1', at + 4, at + 8),
      file.subarray(at + 8, at + 8 + file.readUInt32BE(at)),
    );
  const part = (type: string) => chunks.get(type) ?? Buffer.alloc(0);
  const [width, height] = [part('IHDR').readUInt32BE(0), part('IHDR').readUInt32BE(4)];
  const lines = inflateSync(part('IDAT'));
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    expect(lines[y * (width + 1)]).toBe(0);
    for (const number of lines.subarray(y * (width + 1) + 1, (y + 1) * (width + 1)))
      pixels.push(...part('PLTE').subarray(number * 3, number * 3 + 3), part('tRNS')[number] ?? 255);
  }
  return { width, height, pixels: Buffer.from(pixels) };
}

const furthest = (a: Buffer, b: Buffer) =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? NaN))), 0);

test('a picture of few colours comes back as it was, half seen through too', async () => {
  const picture = paint(37, 11, (x, y) => [x * 5, y * 3 > 15 ? 200 : 0, 7, x % 3 === 0 ? 128 : 255]);
  const file = await encode(picture);
  expect(decode(file ?? Buffer.alloc(0))).toEqual(picture);
});

test('of many shades, those that nobody tells apart become one', async () => {
  const picture = paint(400, 3, (x) => [x % 256, Math.floor(x / 2), 255, 255]);
  const file = (await encode(picture)) ?? Buffer.alloc(0);
  expect(furthest(decode(file).pixels, picture.pixels)).toBeLessThan(8);
});

test('a photograph is left to those who know', async () => {
  expect(await encode(paint(64, 64, (x, y) => [x * 4, y * 4, (x * y) % 256, 255]))).toBeNull();
});
