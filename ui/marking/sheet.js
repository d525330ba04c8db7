// The sheet over a picture: a layer for each label, with what was brushed and boxes that can still be moved; undo and redo.
const sheet = { width: 0, height: 0, layers: new Map(), label: '', past: [], future: [] };

function newSheet(picture) {
  Object.assign(sheet, { width: picture.width, height: picture.height, layers: new Map(), label: picture.labels[0], past: [], future: [] });
  for (const mark of picture.mine) {
    const mask = fromRunLengths(mark.counts, picture.width, picture.height);
    sheet.layers.set(mark.label, { mask, boxes: [], uid: mark.uid, tool: mark.tool, changed: false });
  }
  part('overlay').width = picture.width;
  part('overlay').height = picture.height;
}

function layerOf(label) {
  if (!sheet.layers.has(label)) {
    sheet.layers.set(label, { mask: newMask(sheet.width, sheet.height), boxes: [], uid: null, tool: 'box', changed: false });
  }
  return sheet.layers.get(label);
}

const wholeRect = () => ({ left: 0, top: 0, right: sheet.width, bottom: sheet.height });
const copied = (boxes) => boxes.map((box) => ({ ...box }));

// What is marked with a label: brushed and boxed together.
function flattened(layer) {
  const mask = { ...layer.mask, data: layer.mask.data.slice() };
  layer.boxes.forEach((box) => fillBox(mask, box));
  return mask;
}

// ---- history: what a rectangle of a layer, and its boxes, were and became
function remember(label, rect, before, boxes) {
  const layer = layerOf(label);
  sheet.past.push({ label, rect, before, after: cutOut(layer.mask, rect), boxes, boxesAfter: copied(layer.boxes) });
  sheet.future = [];
  layer.changed = true;
  if (part('status').dataset.kind === 'done') say('');
  changed();
}

function step(from, to, pixels, boxes) {
  const entry = from.pop();
  if (!entry) return;
  to.push(entry);
  const layer = layerOf(entry.label);
  putBack(layer.mask, entry.rect, entry[pixels]);
  layer.boxes = copied(entry[boxes]);
  layer.changed = true;
  chooseLabel(entry.label);
  compose(entry.rect);
  changed();
}

const undo = () => step(sheet.past, sheet.future, 'before', 'boxes');
const redo = () => step(sheet.future, sheet.past, 'after', 'boxesAfter');

function clear() {
  const layer = layerOf(sheet.label);
  const [rect, before, boxes] = [wholeRect(), cutOut(layer.mask, wholeRect()), copied(layer.boxes)];
  if (!layer.boxes.length && !layer.mask.data.includes(1)) return;
  layer.mask.data.fill(0);
  layer.boxes = [];
  layer.tool = 'box';
  remember(sheet.label, rect, before, boxes);
  compose(rect);
}

// ---- drawing: the chosen label lies on top
const rgb = (label) => [1, 3, 5].map((first) => Number.parseInt(COLOURS[label].slice(first, first + 2), 16));

function compose(rect) {
  const [width, height] = [rect.right - rect.left, rect.bottom - rect.top];
  if (width <= 0 || height <= 0) return;
  const context = part('overlay').getContext('2d');
  const image = context.createImageData(width, height);
  const layers = [...sheet.layers].sort(([one], [other]) => (one === sheet.label) - (other === sheet.label));
  for (const [label, { mask }] of layers) {
    const [red, green, blue] = rgb(label);
    const opacity = label === sheet.label ? 150 : 100;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        if (mask.data[(rect.top + y) * mask.width + rect.left + x]) image.data.set([red, green, blue, opacity], 4 * (y * width + x));
      }
    }
  }
  context.putImageData(image, rect.left, rect.top);
}

// ---- strokes
let stroke = null;

function beginStroke(at, value) {
  const layer = layerOf(sheet.label);
  stroke = { label: sheet.label, value, last: at, rect: NOWHERE, before: layer.mask.data.slice() };
  continueStroke(at);
}

function continueStroke(at) {
  const layer = layerOf(stroke.label);
  const rect = paintLine(layer.mask, stroke.last, at, brush.size / 2, stroke.value);
  stroke.rect = around(stroke.rect, rect);
  stroke.last = at;
  compose(rect);
}

function endStroke() {
  const { label, rect, before, value } = stroke;
  const layer = layerOf(label);
  if (value) layer.tool = 'brush';
  stroke = null;
  remember(label, rect, cutOut({ ...layer.mask, data: before }, rect), copied(layer.boxes));
}

function dropStroke() {
  if (!stroke) return;
  layerOf(stroke.label).mask.data.set(stroke.before);
  compose(stroke.rect);
  stroke = null;
}

// ---- boxes: elements that can be focused, moved and sized
function fitted(box) {
  const width = Math.min(sheet.width, Math.max(1, Math.round(box.width)));
  const height = Math.min(sheet.height, Math.max(1, Math.round(box.height)));
  return {
    x: Math.min(sheet.width - width, Math.max(0, Math.round(box.x))),
    y: Math.min(sheet.height - height, Math.max(0, Math.round(box.y))), width, height,
  };
}

function between(a, b) {
  const [left, right] = [a.x, b.x].sort((one, other) => one - other).map((x) => Math.min(sheet.width, Math.max(0, x)));
  const [top, bottom] = [a.y, b.y].sort((one, other) => one - other).map((y) => Math.min(sheet.height, Math.max(0, y)));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function changeBoxes(change) {
  const layer = layerOf(sheet.label);
  const boxes = copied(layer.boxes);
  change(layer);
  remember(sheet.label, NOWHERE, [], boxes);
}

function addBox(box) {
  changeBoxes((layer) => layer.boxes.push(fitted(box)));
  part('boxes').lastElementChild?.focus({ preventScroll: true });
}

function drawBoxes() {
  const there = document.activeElement?.dataset?.box;
  const inside = part('boxes').contains(document.activeElement);
  const elements = [];
  for (const [label, layer] of sheet.layers) {
    layer.boxes.forEach((box, number) => elements.push(boxElement(label, box, number)));
  }
  elements.sort((one, other) => (one.dataset.label === sheet.label) - (other.dataset.label === sheet.label));
  part('boxes').replaceChildren(...elements);
  if (inside) elements.find((each) => each.dataset.box === there && each.dataset.label === sheet.label)?.focus({ preventScroll: true });
}

function boxElement(label, box, number) {
  const own = label === sheet.label;
  const element = Object.assign(document.createElement('div'), { className: 'marking-box', tabIndex: own ? 0 : -1 });
  element.style.setProperty('--colour', COLOURS[label]);
  element.classList.toggle('of-other', !own);
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', `${said.labels[label]}: ${said.box} ${number + 1}, ${box.x}, ${box.y}, ${box.width} × ${box.height}`);
  Object.assign(element.dataset, { label, box: number });
  place(element, box);
  return element;
}

function boxKey(event) {
  const number = Number(event.target.dataset.box);
  if (['Delete', 'Backspace'].includes(event.key)) {
    changeBoxes((layer) => layer.boxes.splice(number, 1));
    part('frame').focus({ preventScroll: true });
    return true;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way) return false;
  const pace = event.altKey ? 1 : Math.max(1, Math.round(4 / view.scale));
  const [dx, dy] = way.map((each) => each * pace);
  changeBoxes((layer) => {
    const box = layer.boxes[number];
    const moved = event.shiftKey ? { ...box, width: box.width + dx, height: box.height + dy } : { ...box, x: box.x + dx, y: box.y + dy };
    layer.boxes[number] = fitted(moved);
  });
  return true;
}
