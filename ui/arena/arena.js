// The Arena: a pair at a time, the next one prepared meanwhile. Nothing here knows a model before the vote.
const root = element.querySelector('.arena');
const said = JSON.parse(root.dataset.said);
const part = (name) => root.querySelector(`[data-part=${name}]`);
const panes = [...root.querySelectorAll('.pane')];
const url = (path) => new URL(`patina/arena/${path}`, document.baseURI);

const state = { task: '', own: null, now: null, next: null, last: null, busy: false, shownAt: 0, round: 0, votes: 0 };
const view = { scale: 0, x: .5, y: .5, zooms: 0, toggles: 0 }; // scale 0: the whole picture; else device pixels a pixel

// ---- talking to the server
const unreachable = () => { throw new Error(said.offline); };

async function ask(path, body) {
  const token = await browserToken();
  const answer = await fetch(url(path), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Patina-Browser': token },
    body: JSON.stringify(body),
  }).catch(unreachable);
  const told = await answer.json().catch(unreachable); // a proxy's page says that nobody is behind it
  if (!answer.ok) throw Object.assign(new Error(said[told.code] ?? told.error), { code: told.code });
  return told;
}

async function picture(token, side) {
  const answer = await fetch(url(`${token}/${side}.png`)).catch(unreachable);
  if (!answer.ok) throw new Error(said.gone);
  const image = new Image();
  image.src = URL.createObjectURL(await answer.blob());
  await image.decode();
  return image;
}

// A pair is there when all its pictures are decoded: neither side can come first.
async function prepared(deal) {
  const sides = deal.original ? ['left', 'right', 'original'] : ['left', 'right'];
  const [left, right, original] = await Promise.all(sides.map((side) => picture(deal.token, side)));
  return { deal, left, right, original };
}

const wish = () => ({ task: state.task, own: state.own });
const drop = (pair) => pair && [pair.left, pair.right, pair.original].forEach((image) => image && URL.revokeObjectURL(image.src));

// ---- showing
function say(sentence, kind = '') {
  part('status').textContent = sentence;
  part('status').dataset.kind = kind;
}

function enable(on) {
  root.querySelectorAll('[data-choose]').forEach((button) => { button.disabled = !on; });
}

function show(pair) {
  state.now = pair;
  Object.assign(view, { scale: 0, x: .5, y: .5, zooms: 0, toggles: 0 });
  part('pair').style.setProperty('--ratio', pair.deal.width / pair.deal.height);
  panes.forEach((pane, number) => {
    const image = number ? pair.right : pair.left;
    image.alt = pane.dataset.alt;
    image.draggable = false;
    const below = pair.original && Object.assign(pair.original.cloneNode(), { className: 'original', alt: said.original, draggable: false });
    pane.querySelector('.frame').replaceChildren(image, ...(below ? [below] : []));
  });
  part('hold').hidden = !pair.original;
  showOriginal(false);
  part('pair').hidden = false;
  part('choices').hidden = false;
  draw();
  say('');
  enable(true);
  requestAnimationFrame(() => { state.shownAt = performance.now(); });
}

function draw() {
  const pair = state.now;
  if (!pair) return;
  const ratio = window.devicePixelRatio || 1;
  const frame = panes[0].querySelector('.frame');
  const whole = Math.min(frame.clientWidth / pair.deal.width, frame.clientHeight / pair.deal.height);
  const scale = view.scale ? view.scale / ratio : whole;
  for (const image of root.querySelectorAll('.frame img')) {
    image.style.width = `${pair.deal.width * scale}px`;
    image.style.height = `${pair.deal.height * scale}px`;
    image.style.left = `${frame.clientWidth / 2 - view.x * pair.deal.width * scale}px`;
    image.style.top = `${frame.clientHeight / 2 - view.y * pair.deal.height * scale}px`;
    image.style.imageRendering = scale * ratio >= 1 ? 'pixelated' : 'auto';
  }
  root.querySelectorAll('[data-zoom]').forEach((button) => {
    button.setAttribute('aria-pressed', Number(button.dataset.zoom) === view.scale);
  });
}

function zoom(scale) {
  if (scale === view.scale) return;
  view.scale = scale;
  view.zooms += 1;
  if (!scale) view.x = view.y = .5;
  draw();
}

function pan(across, down) {
  if (!view.scale || !state.now) return;
  const ratio = window.devicePixelRatio || 1;
  view.x = Math.min(1, Math.max(0, view.x - across * ratio / view.scale / state.now.deal.width));
  view.y = Math.min(1, Math.max(0, view.y - down * ratio / view.scale / state.now.deal.height));
  draw();
}

function showOriginal(on) {
  const was = part('pair').classList.contains('with-original');
  if (on && !was) view.toggles += 1;
  part('pair').classList.toggle('with-original', on);
  part('hold').setAttribute('aria-pressed', on);
}

// ---- going on
async function begin() {
  const round = ++state.round;
  drop(state.now); drop(state.next);
  Object.assign(state, { now: null, next: null, last: null, busy: false });
  part('welcome').hidden = true;
  part('bench').hidden = false;
  part('pair').hidden = true;
  part('choices').hidden = true;
  part('revealed').replaceChildren();
  say(said.loading);
  await firstPair(round);
}

async function firstPair(round) {
  try {
    const dealt = await ask('deal', wish());
    if (round !== state.round) return;
    if (dealt.done) { finish(); return; }
    if (dealt.waiting) { waitForResults(round, dealt); return; }
    const pair = await prepared(dealt);
    if (round !== state.round) return;
    show(pair);
    ask('deal', wish()).then(keepNext(round)).catch(() => {});
  } catch (error) {
    if (round === state.round) fail(error, begin);
  }
}

// Only while nothing is ready yet: the results are being made, and this tells how far that is.
function waitForResults(round, dealt) {
  say(said.preparing + (dealt.wanted ? ` ${dealt.made} / ${dealt.wanted}` : ''));
  setTimeout(() => { if (round === state.round) firstPair(round); }, 2500);
}

// A person's own photo has few pairs, each of which can be judged blindly once.
function finish() {
  part('pair').hidden = true;
  part('choices').hidden = true;
  say(said.own_done);
}

const keepNext = (round) => async (deal) => {
  if (!deal?.token) return;
  const pair = await prepared(deal);
  if (round === state.round) state.next = pair; else drop(pair);
};

function fail(error, again) {
  say(`${error.message || said.offline} `, 'error');
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: said.again });
  button.addEventListener('click', () => again());
  part('status').append(button);
  enable(Boolean(state.now));
}

// Sent again after a server was away, an answer took as long as it took when it was given.
async function choose(choice, took = performance.now() - state.shownAt) {
  const pair = state.now;
  if (!pair || state.busy) return;
  const round = state.round;
  state.busy = true;
  enable(false);
  root.querySelector(`[data-choose=${choice}]`).classList.add('chosen');
  try {
    const told = await ask('vote', {
      token: pair.deal.token,
      choice,
      response_ms: Math.round(took),
      licence: root.dataset.licence,
      language: root.dataset.language,
      next: wish(),
      viewing: {
        viewport_width: window.innerWidth, viewport_height: window.innerHeight,
        device_pixel_ratio: window.devicePixelRatio, zoom: view.scale || null, zooms: view.zooms, toggles: view.toggles,
      },
    });
    if (round !== state.round) return;
    state.last = pair.deal.token;
    state.votes += 1;
    reveal(told.revealed, pair);
    await goOn(round, told.next);
    drop(pair);
  } catch (error) {
    if (round !== state.round) return;
    if (state.now !== pair) fail(error, () => firstPair(round));
    else if (['answered', 'unknown-deal', 'expired', 'gone'].includes(error.code)) fail(error, begin);
    else fail(error, () => { say(''); choose(choice, took); });
  } finally {
    state.busy = false;
    root.querySelectorAll('.chosen').forEach((button) => button.classList.remove('chosen'));
  }
}

// The vote is stored: whatever goes wrong from here on asks for a pair, never for that vote again.
async function goOn(round, dealt) {
  const upcoming = state.next;
  state.now = state.next = null;
  if (upcoming) {
    show(upcoming);
    keepNext(round)(dealt).catch(() => {});
  } else if (dealt?.token) {
    const pair = await prepared(dealt);
    if (round !== state.round) { drop(pair); return; }
    show(pair);
    ask('deal', wish()).then(keepNext(round)).catch(() => {});
  } else {
    await firstPair(round);
  }
}

async function undo() {
  if (!state.last || state.busy) return;
  const round = state.round;
  state.busy = true;
  try {
    await ask('undo', { token: state.last });
    if (round !== state.round) return;
    state.last = null;
    state.votes -= 1;
    tellVotes();
    part('revealed').replaceChildren();
    say(said.undone);
  } catch (error) {
    say(error.message || said.offline, 'error');
  } finally {
    state.busy = false;
  }
}

// ---- the reveal: text only, built node by node
function node(name, text, className = '') {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

// What was judged, small: the next pair stands above by then.
function small(image) {
  const canvas = document.createElement('canvas');
  canvas.height = 2 * SMALL;
  canvas.width = Math.round(canvas.height * image.naturalWidth / image.naturalHeight);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const SMALL = 64; // CSS pixels

function side(told, image, mark, won) {
  const box = node('div', '', won ? 'side won' : 'side');
  const standing = told.score === null ? said.no_score : said.score.replace('{score}', told.score);
  box.append(
    small(image), node('span', mark, 'mark'), node('b', told.title),
    node('span', `${standing} · ${counted(said.vote, told.votes)}`, 'standing'),
    node('small', [`v${told.version}`, told.weights, ...told.settings].filter(Boolean).join(' · ')),
  );
  return box;
}

function reveal(told, pair) {
  const line = node('p', `${said.chose[told.choice]} ${told.counts ? '' : told.flag}`);
  const back = Object.assign(node('button', said.undo), { type: 'button' });
  back.addEventListener('click', undo);
  line.append(' ', back);
  const sides = node('div', '', 'sides');
  sides.append(side(told.left, pair.left, 'A', told.choice === 'left'), side(told.right, pair.right, 'B', told.choice === 'right'));
  part('revealed').replaceChildren(line, sides);
  tellVotes();
}

function tellVotes() {
  part('count').textContent = said.given.replace('{votes}', state.votes);
}

// ---- what a person does
root.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button || button.disabled) return;
  if (button.dataset.choose) choose(button.dataset.choose);
  else if (button.dataset.zoom) zoom(Number(button.dataset.zoom));
  else if (button.dataset.task) chooseTask(button.dataset.task);
  else if (button.dataset.part === 'start') begin();
});

function chooseTask(task) {
  state.task = task;
  state.own = null;
  root.querySelectorAll('[data-task]').forEach((button) => button.setAttribute('aria-checked', button.dataset.task === task));
  part('question').textContent = said.questions[task];
  document.querySelector(`#arena-own-task-${root.dataset.language} input[value="${task}"]`)?.click();
  if (part('bench').hidden) return;
  document.activeElement?.blur(); // from the chips: the arrow keys vote again
  begin();
}

window.addEventListener('patina-own', (event) => {
  if (!element.isConnected || !event.detail?.own || event.detail.language !== root.dataset.language) return;
  chooseTask(event.detail.task);
  state.own = event.detail.own;
  begin();
  root.scrollIntoView({ block: 'start', behavior: 'smooth' });
});

const hold = part('hold');
hold.addEventListener('pointerdown', (event) => { hold.setPointerCapture(event.pointerId); showOriginal(true); });
for (const ended of ['pointerup', 'pointercancel']) hold.addEventListener(ended, () => showOriginal(false));
hold.addEventListener('keydown', (event) => { if ([' ', 'Enter'].includes(event.key)) { event.preventDefault(); showOriginal(true); } });
for (const ended of ['keyup', 'blur']) hold.addEventListener(ended, () => showOriginal(false));

const KEYS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowDown: 'tie', ArrowUp: 'both-bad' };
const ZOOMS = { f: 0, 1: 1, 2: 2, 4: 4 };
const elsewhere = (target) => target.closest?.('input, textarea, select, [contenteditable], [role=tablist], [role=radiogroup], dialog');

document.addEventListener('keydown', (event) => {
  if (!element.isConnected || !root.offsetParent || !state.now || elsewhere(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (KEYS[key]) { event.preventDefault(); if (!event.repeat) choose(KEYS[key]); }
  else if (key === 'z' || key === 'Backspace') { event.preventDefault(); undo(); }
  else if (key === 'o' && state.now.original) { event.preventDefault(); showOriginal(true); }
  else if (key in ZOOMS) { event.preventDefault(); zoom(ZOOMS[key]); }
});
document.addEventListener('keyup', (event) => { if (event.key.toLowerCase() === 'o') showOriginal(false); });

const pointers = new Map();
part('pair').addEventListener('pointerdown', (event) => {
  pointers.set(event.pointerId, event);
  if (view.scale) part('pair').setPointerCapture(event.pointerId);
});
part('pair').addEventListener('pointermove', (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  if (pointers.size === 1) pan(event.clientX - before.clientX, event.clientY - before.clientY);
  pointers.set(event.pointerId, event);
});
for (const ended of ['pointerup', 'pointercancel']) part('pair').addEventListener(ended, (event) => pointers.delete(event.pointerId));
part('pair').addEventListener('dblclick', (event) => {
  const frame = event.target.closest('.frame');
  if (!frame || !state.now) return;
  if (view.scale) { zoom(0); return; }
  const box = frame.querySelector('img').getBoundingClientRect();
  view.x = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  view.y = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
  zoom(2);
});
part('pair').addEventListener('wheel', (event) => {
  if (!event.target.closest('.frame') || !(event.ctrlKey || view.scale)) return;
  event.preventDefault();
  const steps = [0, 1, 2, 4, 8];
  const place = steps.indexOf(view.scale) + (event.deltaY < 0 ? 1 : -1);
  zoom(steps[Math.min(steps.length - 1, Math.max(0, place))]);
}, { passive: false });
new ResizeObserver(draw).observe(part('pair'));
chooseTask(root.querySelector('[data-task]').dataset.task);
