// Masks: a byte a pixel, 1 where something is marked. They are painted by arithmetic of our own, not by a canvas:
// the same strokes give the same mask in every browser, and no soft edge has to be cut.
const newMask = (width, height) => ({ width, height, data: new Uint8Array(width * height) });

const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0 };

function clipped(mask, left, top, right, bottom) {
  return {
    left: Math.max(0, Math.floor(left)), top: Math.max(0, Math.floor(top)),
    right: Math.min(mask.width, Math.ceil(right)), bottom: Math.min(mask.height, Math.ceil(bottom)),
  };
}

function around(first, second) {
  if (first.right <= first.left || first.bottom <= first.top) return second;
  if (second.right <= second.left || second.bottom <= second.top) return first;
  return {
    left: Math.min(first.left, second.left), top: Math.min(first.top, second.top),
    right: Math.max(first.right, second.right), bottom: Math.max(first.bottom, second.bottom),
  };
}

// Set every pixel whose centre lies within `radius` of the line from `a` to `b`; return the rectangle that holds them.
function paintLine(mask, a, b, radius, value) {
  const rect = clipped(mask, Math.min(a.x, b.x) - radius, Math.min(a.y, b.y) - radius,
    Math.max(a.x, b.x) + radius, Math.max(a.y, b.y) + radius);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  for (let y = rect.top; y < rect.bottom; y += 1) {
    for (let x = rect.left; x < rect.right; x += 1) {
      const [px, py] = [x + .5 - a.x, y + .5 - a.y];
      const along = length ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
      const [ex, ey] = [px - along * dx, py - along * dy];
      if (ex * ex + ey * ey <= radius * radius) mask.data[y * mask.width + x] = value;
    }
  }
  return rect;
}

function fillBox(mask, box) {
  for (let y = box.y; y < box.y + box.height; y += 1) mask.data.fill(1, y * mask.width + box.x, y * mask.width + box.x + box.width);
}

// Pixels of a rectangle, row by row, and back.
function cutOut(mask, rect) {
  const pieces = [];
  for (let y = rect.top; y < rect.bottom; y += 1) pieces.push(mask.data.slice(y * mask.width + rect.left, y * mask.width + rect.right));
  return pieces;
}

function putBack(mask, rect, pieces) {
  pieces.forEach((row, number) => mask.data.set(row, (rect.top + number) * mask.width + rect.left));
}

// Run lengths down the columns, unmarked first, as COCO has them.
function fromRunLengths(counts, width, height) {
  const mask = newMask(width, height);
  let place = 0;
  counts.forEach((count, number) => {
    for (let end = place + count; place < end; place += 1) {
      if (number % 2) mask.data[(place % height) * width + Math.floor(place / height)] = 1;
    }
  });
  return mask;
}

// ---- PNG, greyscale of 1 bit. A canvas would write colours, and some browsers add noise to what it gives away.
const CRC = Uint32Array.from({ length: 256 }, (_, number) => {
  let value = number;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function chunk(name, content) {
  const whole = new Uint8Array(content.length + 12);
  const view = new DataView(whole.buffer);
  view.setUint32(0, content.length);
  whole.set(new TextEncoder().encode(name), 4);
  whole.set(content, 8);
  let crc = 0xffffffff;
  for (const byte of whole.subarray(4, content.length + 8)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  view.setUint32(content.length + 8, (crc ^ 0xffffffff) >>> 0);
  return whole;
}

async function toPng({ width, height, data }) {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header[8] = 1; // bit depth; all that follows is 0: grey, deflate, no interlacing
  const row = Math.ceil(width / 8) + 1; // each row begins with the number of its filter, 0
  const raw = new Uint8Array(row * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) if (data[y * width + x]) raw[y * row + 1 + (x >> 3)] |= 128 >> (x & 7);
  }
  const packed = new Blob([raw]).stream().pipeThrough(new CompressionStream('deflate'));
  const content = new Uint8Array(await new Response(packed).arrayBuffer());
  const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
  return new Blob([signature, chunk('IHDR', header), chunk('IDAT', content), chunk('IEND', new Uint8Array())], { type: 'image/png' });
}
