// How the picture is looked at: `scale` is CSS pixels a pixel, (x, y) the place of the picture in the frame's middle.
const view = { scale: 1, x: 0, y: 0, whole: true };
const frame = part('frame');

const wholeScale = () => Math.min(frame.clientWidth / sheet.width, frame.clientHeight / sheet.height);

function place(element, box) {
  Object.assign(element.style, {
    left: `${frame.clientWidth / 2 + (box.x - view.x) * view.scale}px`, top: `${frame.clientHeight / 2 + (box.y - view.y) * view.scale}px`,
    width: `${box.width * view.scale}px`, height: `${box.height * view.scale}px`,
  });
}

function draw() {
  if (!sheet.width || !frame.clientWidth) return;
  if (view.whole) Object.assign(view, { scale: wholeScale(), x: sheet.width / 2, y: sheet.height / 2 });
  view.x = Math.min(sheet.width, Math.max(0, view.x));
  view.y = Math.min(sheet.height, Math.max(0, view.y));
  const box = { x: 0, y: 0, width: sheet.width, height: sheet.height };
  for (const layer of frame.querySelectorAll('img, canvas')) {
    place(layer, box);
    layer.style.imageRendering = view.scale * (window.devicePixelRatio || 1) >= 1 ? 'pixelated' : 'auto';
  }
  const zoom = view.whole ? 0 : Math.round(view.scale * (window.devicePixelRatio || 1) * 100) / 100;
  root.querySelectorAll('[data-zoom]').forEach((button) => button.setAttribute('aria-pressed', Number(button.dataset.zoom) === zoom));
  drawBoxes();
}

// `times` is device pixels a pixel; 0 shows the whole picture.
function zoom(times) {
  view.whole = !times;
  if (times) view.scale = times / (window.devicePixelRatio || 1);
  draw();
}

function zoomAt(client, factor) {
  const before = toPicture(client);
  view.whole = false;
  view.scale = Math.min(32, Math.max(wholeScale() / 2, view.scale * factor));
  const after = toPicture(client);
  view.x += before.x - after.x;
  view.y += before.y - after.y;
  draw();
}

function pan(across, down) {
  view.whole = false;
  view.x -= across / view.scale;
  view.y -= down / view.scale;
  draw();
}

function toPicture({ x, y }) {
  const box = frame.getBoundingClientRect();
  return {
    x: view.x + (x - box.left - frame.clientLeft - frame.clientWidth / 2) / view.scale,
    y: view.y + (y - box.top - frame.clientTop - frame.clientHeight / 2) / view.scale,
  };
}

function showOriginal(on) {
  const there = on && !part('original').hidden;
  frame.classList.toggle('with-original', there);
  part('hold').setAttribute('aria-pressed', there);
}

// ---- pointers: one paints, two pinch
const pointers = new Map();
let drag = null;

const client = (event) => ({ x: event.clientX, y: event.clientY });
const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apart = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);

frame.addEventListener('pointerdown', (event) => {
  if (!state.picture || ![0, 1].includes(event.button)) return;
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, client(event));
  if (pointers.size === 2) {
    dropStroke();
    drag = { kind: 'pinch' };
    drawBoxes(); // without the one that was being drawn
    return;
  }
  if (pointers.size > 2) return;
  drag = began(event);
  if (drag.kind !== 'box' && drag.kind !== 'move' && drag.kind !== 'size') frame.focus({ preventScroll: true });
});

function began(event) {
  const at = toPicture(client(event));
  if (tool === 'hand' || state.space || event.button === 1) return { kind: 'pan' };
  const box = event.target.closest('.marking-box:not(.of-other)');
  if (box && tool === 'box') {
    const number = Number(box.dataset.box);
    const edges = box.getBoundingClientRect();
    const kind = event.clientX > edges.right - 14 && event.clientY > edges.bottom - 14 ? 'size' : 'move';
    box.focus({ preventScroll: true });
    return { kind, number, at, was: { ...layerOf(sheet.label).boxes[number] }, now: null };
  }
  if (tool === 'box') return { kind: 'box', at, element: null };
  beginStroke(at, tool === 'eraser' ? 0 : 1);
  return { kind: 'stroke' };
}

frame.addEventListener('pointermove', (event) => {
  showCursor(event);
  const before = pointers.get(event.pointerId);
  if (!before || !drag) return;
  const old = [...pointers.values()];
  pointers.set(event.pointerId, client(event));
  const at = toPicture(client(event));
  if (drag.kind === 'pinch' && pointers.size === 2) {
    const now = [...pointers.values()];
    pan(middle(now).x - middle(old).x, middle(now).y - middle(old).y);
    zoomAt(middle(now), apart(now) / Math.max(1, apart(old)));
  } else if (drag.kind === 'pan') pan(event.clientX - before.x, event.clientY - before.y);
  else if (drag.kind === 'stroke' && stroke) (event.getCoalescedEvents?.() ?? [event]).forEach((each) => continueStroke(toPicture(client(each))));
  else if (drag.kind === 'box') previewBox(between(drag.at, at));
  else if (drag.kind === 'move' || drag.kind === 'size') {
    const [dx, dy] = [at.x - drag.at.x, at.y - drag.at.y];
    const { was } = drag;
    drag.now = fitted(drag.kind === 'move' ? { ...was, x: was.x + dx, y: was.y + dy } : { ...was, width: was.width + dx, height: was.height + dy });
    place(part('boxes').querySelector(`[data-label="${sheet.label}"][data-box="${drag.number}"]`), drag.now);
  }
});

function previewBox(box) {
  drag.element ??= part('boxes').appendChild(boxElement(sheet.label, fitted(box), layerOf(sheet.label).boxes.length));
  drag.now = box;
  place(drag.element, box);
}

function ended(event) {
  if (!pointers.delete(event.pointerId)) return;
  const done = drag;
  if (pointers.size) return;
  drag = null;
  if (event.type === 'pointercancel') { dropStroke(); drawBoxes(); return; }
  if (stroke) endStroke();
  else if (done?.kind === 'box' && done.now && done.now.width * view.scale >= 3 && done.now.height * view.scale >= 3) addBox(done.now);
  else if (done?.now && done.number !== undefined) changeBoxes((layer) => { layer.boxes[done.number] = done.now; });
  else drawBoxes();
}
for (const name of ['pointerup', 'pointercancel']) frame.addEventListener(name, ended);

function showCursor(event) {
  const cursor = part('cursor');
  cursor.hidden = !(state.picture && ['brush', 'eraser'].includes(tool) && event.pointerType !== 'touch');
  const box = frame.getBoundingClientRect();
  const side = brush.size * view.scale;
  Object.assign(cursor.style, { width: `${side}px`, height: `${side}px`, left: `${event.clientX - box.left - side / 2}px`, top: `${event.clientY - box.top - side / 2}px` });
}
frame.addEventListener('pointerleave', () => { part('cursor').hidden = true; });

frame.addEventListener('wheel', (event) => {
  if (!state.picture || !(event.ctrlKey || !view.whole)) return;
  event.preventDefault();
  zoomAt(client(event), event.deltaY < 0 ? 1.25 : .8);
}, { passive: false });
new ResizeObserver(draw).observe(frame);
