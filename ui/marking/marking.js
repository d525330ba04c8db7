// What a person does in the Mark tab: choose a picture, paint, send, go on.

const MADE = 'made';
const TASK_MODES = [...root.querySelectorAll('[data-mode]')].map((button) => button.dataset.mode).filter((mode) => mode !== 'photo');

// ---- a picture to mark
async function load(asking) {
  const round = ++state.round;
  say(said.loading);
  part('bench').classList.add('waiting');
  try {
    const { picture, waiting } = await asking();
    if (round !== state.round) return;
    if (picture) await show(picture, round);
    else nothingLeft(waiting);
  } catch (error) {
    if (round === state.round) say(error.message, 'error', [said.again, () => load(asking)]);
  } finally {
    part('bench').classList.remove('waiting');
  }
}

const next = () => load(() => ask('next', { task: state.mode }, post(JSON.stringify([...state.skipped, ...state.fine]))));
const open = (key) => load(() => ask(`picture/${key}`));

async function decoded(key, side, image) {
  const answer = await send(`picture/${key}/${side}.png`);
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(await answer.blob());
  await image.decode();
}

async function show(picture, round) {
  const images = [decoded(picture.key, 'picture', part('picture'))];
  if (picture.original) images.push(decoded(picture.key, 'original', part('original')));
  await Promise.all(images);
  if (round !== state.round) return;
  state.picture = picture;
  state.sent = [];
  newSheet(picture);
  part('title').textContent = picture.title || said.own_photo;
  part('picture').alt = picture.title || said.own_photo;
  part('original').hidden = !picture.original;
  part('hold').hidden = !picture.original;
  part('consent').hidden = !picture.own;
  for (const name of ['fine', 'skip']) part(name).hidden = !TASK_MODES.includes(state.mode);
  part('back').hidden = state.mode !== MADE;
  part('bench').hidden = false;
  showOriginal(false);
  labelChips(picture.labels);
  setBrush(Math.max(6, Math.round(Math.max(picture.width, picture.height) / 30)));
  frame.style.setProperty('--ratio', picture.width / picture.height);
  zoom(0);
  compose(wholeRect());
  changed();
  say(picture.mine.length ? said.yours : '');
}

// `waiting` tells how many results are made of how many, where there is none of this task yet.
function nothingLeft(waiting) {
  state.picture = null;
  part('bench').hidden = true;
  if (waiting) say(said.preparing.replace('{made}', waiting[0]).replace('{wanted}', waiting[1]), '', [said.again, next]);
  else if (state.skipped.length) say(said.all_seen, '', [said.from_start, () => { state.skipped = []; next(); }]);
  else say(said.none, '', [said.again, next]);
}

function chooseMode(mode) {
  state.mode = mode;
  state.skipped = [];
  root.querySelectorAll('[data-mode]').forEach((button) => button.setAttribute('aria-checked', button.dataset.mode === mode));
  part('photos').hidden = mode !== 'photo';
  part('help').textContent = { photo: said.help_photo, [MADE]: said.help_made }[mode] ?? said.help_result;
  part('bench').hidden = true;
  state.picture = null;
  if (TASK_MODES.includes(mode)) next(); else { state.round += 1; say(''); }
}

// A result of a restore tab, whose model its owner knows; that tab is where Back leads.
function openMade() {
  const token = window.patinaMark;
  if (!token || !element.isConnected) return;
  window.patinaMark = '';
  chooseMode(MADE);
  openDoor('paint');
  open(`made.${token}`);
}
window.addEventListener('patina-mark', openMade);

// ---- labels, tools
function labelChips(labels) {
  part('labels').replaceChildren(...labels.map((label) => {
    const chip = Object.assign(document.createElement('button'), { type: 'button', textContent: said.labels[label] });
    chip.style.setProperty('--colour', COLOURS[label]);
    chip.setAttribute('role', 'radio');
    chip.dataset.label = label;
    return chip;
  }));
  chooseLabel(labels[0]);
}

function chooseLabel(label) {
  sheet.label = label;
  part('labels').querySelectorAll('button').forEach((chip) => chip.setAttribute('aria-checked', chip.dataset.label === label));
  compose(wholeRect());
  drawBoxes();
}

function chooseTool(name) {
  tool = name;
  frame.dataset.tool = name;
  root.querySelectorAll('[data-tool]:not([data-part=frame])').forEach((button) => button.setAttribute('aria-pressed', button.dataset.tool === name));
}

function setBrush(size) {
  brush.size = Math.min(200, Math.max(1, size));
  part('size').value = brush.size;
  part('size').setAttribute('aria-valuetext', `${brush.size} px`);
}

function changed() {
  const marked = [...sheet.layers].filter(([, layer]) => layer.boxes.length || layer.mask.data.includes(1)).map(([label]) => label);
  part('labels').querySelectorAll('button').forEach((chip) => chip.classList.toggle('marked', marked.includes(chip.dataset.label)));
  part('undo').disabled = !sheet.past.length;
  part('redo').disabled = !sheet.future.length;
  part('send').disabled = state.busy || ![...sheet.layers.values()].some((layer) => layer.changed);
  drawBoxes();
}

// ---- sending: a layer at a time; those that arrived are not sent again
async function sendMarks(goingOn = false) {
  const { picture } = state;
  if (!picture || state.busy) return;
  if (!goingOn) state.sent = [];
  state.busy = true;
  changed();
  say(said.sending);
  try {
    for (const [label, layer] of sheet.layers) if (layer.changed) await sendLayer(picture, label, layer);
    say(said.thanks, 'done', ...(state.sent.length ? [[said.take_back, takeBack]] : []), ...(TASK_MODES.includes(state.mode) ? [[said.next, next]] : []));
  } catch (error) {
    say(error.message, 'error', [said.again, () => sendMarks(true)]);
  } finally {
    state.busy = false;
    changed();
  }
}

async function sendLayer(picture, label, layer) {
  const mask = flattened(layer);
  if (mask.data.includes(1)) {
    const consent = picture.own && part('consent').querySelector('input').checked ? 'yes' : 'no';
    const query = { label, tool: layer.tool, licence: root.dataset.licence, consent };
    const kept = await ask(`picture/${picture.key}/mark`, query, post(await toPng(mask)));
    layer.uid = kept.uid;
    state.sent.push(kept.uid);
  } else if (layer.uid) {
    await ask(`mark/${layer.uid}`, { wholly: 'yes' }, { method: 'DELETE' });
    layer.uid = null;
  }
  layer.changed = false;
}

async function takeBack() {
  try {
    while (state.sent.length) {
      await ask(`mark/${state.sent.at(-1)}`, {}, { method: 'DELETE' });
      state.sent.pop();
    }
    const { picture: now } = await ask(`picture/${state.picture.key}`);
    for (const [label, layer] of sheet.layers) {
      Object.assign(layer, { changed: true, uid: now.mine.find((mark) => mark.label === label)?.uid ?? null });
    }
    changed();
    say(said.taken_back);
  } catch (error) {
    say(error.message, 'error', [said.again, takeBack]);
  }
}

// ---- buttons
// Neither answer is stored. What was skipped may be looked at again; what was found fine does not come again.
function goOn(seen) {
  if (state.picture) seen.push(state.picture.key);
  next();
}

const ACTIONS = {
  undo, redo, clear, send: () => sendMarks(), fine: () => goOn(state.fine), skip: () => goOn(state.skipped),
  back: () => document.querySelector(`button[data-tab-id=${window.patinaMarkFrom}]`).click(),
};

root.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button || button.disabled) return;
  const { dataset } = button;
  if (dataset.door) openDoor(dataset.door);
  else if (dataset.mode) chooseMode(dataset.mode);
  else if (dataset.label) chooseLabel(dataset.label);
  else if (dataset.tool) chooseTool(dataset.tool);
  else if (dataset.zoom) zoom(Number(dataset.zoom));
  else if (dataset.photo) open(`photo.${dataset.photo}`);
  else if (ACTIONS[dataset.part]) ACTIONS[dataset.part]();
});
part('size').addEventListener('input', (event) => setBrush(Number(event.target.value)));
part('file').addEventListener('change', (event) => {
  const [file] = event.target.files;
  if (file) load(() => ask('own', {}, post(file)));
  event.target.value = '';
});

const hold = part('hold');
hold.addEventListener('pointerdown', (event) => { hold.setPointerCapture(event.pointerId); showOriginal(true); });
for (const name of ['pointerup', 'pointercancel', 'blur', 'keyup']) hold.addEventListener(name, () => showOriginal(false));
hold.addEventListener('keydown', (event) => { if ([' ', 'Enter'].includes(event.key)) { event.preventDefault(); showOriginal(true); } });

// ---- keys
const KEYS = {
  '[': () => setBrush(brush.size - Math.max(1, Math.round(brush.size / 8))),
  ']': () => setBrush(brush.size + Math.max(1, Math.round(brush.size / 8))),
  z: undo, Z: redo, y: redo, b: () => chooseTool('brush'), r: () => chooseTool('box'), e: () => chooseTool('eraser'),
  h: () => chooseTool('hand'), o: () => showOriginal(true), f: () => zoom(0), 1: () => zoom(1), 2: () => zoom(2), 4: () => zoom(4), 8: () => zoom(8),
  ' ': () => { state.space = true; },
};
const elsewhere = (target) => target.closest?.('input:not([type=range]), textarea, select, [contenteditable], [role=tablist], dialog');
const shown = () => element.isConnected && root.offsetParent && state.picture && !part('bench').hidden && frame.offsetParent;

document.addEventListener('keydown', (event) => {
  if (!shown()) return;
  const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
  if (command) { event.preventDefault(); (event.shiftKey ? redo : undo)(); return; }
  if (event.ctrlKey || event.metaKey) return;
  if (event.target.matches?.('.marking-box') && boxKey(event)) { event.preventDefault(); return; }
  if (event.target === frame && event.key === 'Enter' && tool === 'box') { event.preventDefault(); boxInTheMiddle(); return; }
  if (elsewhere(event.target) || (event.key === ' ' && event.target !== frame)) return;
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener('keyup', (event) => {
  if (event.key === 'o') showOriginal(false);
  if (event.key === ' ') state.space = false;
});

function boxInTheMiddle() {
  const [width, height] = [frame.clientWidth, frame.clientHeight].map((side) => side / view.scale / 4);
  addBox({ x: view.x - width / 2, y: view.y - height / 2, width, height });
}

chooseTool('brush');
