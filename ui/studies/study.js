// A participant's way through a study. The server knows which trial is due; this shows it and sends the answer.
const said = JSON.parse(document.body.dataset.said);
const language = document.body.dataset.language;
const place = document.querySelector('#step');
const study = decodeURIComponent(location.pathname.split('/').pop());
const KEY = 'patina-study';
const base = new URL('../patina/study/', location.href);
const dpr = () => window.devicePixelRatio || 1;
const GAP = 24; // device pixels between two pictures

let browser = localStorage.getItem(KEY) ?? '';
let standing = null;
let pictures = new Map(); // "trial/side" → Promise of an image
let shown = null;

// ---- talking to the server
async function ask(path, body = {}) {
  const answer = await fetch(new URL(path, base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Patina-Browser': browser },
    body: JSON.stringify({ study, ...body }),
  });
  const told = await answer.json();
  if (told.code === 'forgotten') localStorage.removeItem(KEY); // so that a reload begins as someone new
  if (!answer.ok) throw Object.assign(new Error(said[`refused_${told.code}`] ?? told.error), { code: told.code });
  return told;
}

async function fetched(path) {
  const answer = await fetch(new URL(path, base), { headers: { 'X-Patina-Browser': browser } });
  if (!answer.ok) throw new Error(said.gone);
  const image = new Image();
  image.src = URL.createObjectURL(await answer.blob());
  await image.decode();
  return image;
}

function load(trial) {
  if (!trial) return Promise.resolve([]);
  return Promise.all(trial.sides.map((side) => {
    const name = `${trial.index}/${side}`;
    if (!pictures.has(name)) {
      const picture = fetched(`${study}/${name}.png`);
      picture.catch(() => pictures.delete(name)); // it is asked for again
      pictures.set(name, picture);
    }
    return pictures.get(name);
  }));
}

function viewing() {
  return {
    viewport_width: innerWidth, viewport_height: innerHeight, device_pixel_ratio: dpr(),
    zoom: window.visualViewport?.scale ?? 1, zooms: shown?.resizes ?? 0, toggles: 0,
  };
}

// ---- building steps
function node(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function card(title, ...children) {
  const made = node('section', { className: 'card' }, node('h1', { textContent: title }), ...children);
  place.replaceChildren(made);
  place.focus();
  scrollTo(0, 0);
  return made;
}

const text = (sentence, className = '') => node('p', { textContent: sentence, className });
const button = (label, act, className = 'main') => {
  const made = node('button', { type: 'button', textContent: label, className });
  made.addEventListener('click', act);
  return made;
};

function fail(error) {
  card(said.trouble, text(error.message || said.offline, 'bad'), button(said.again, start));
}

const guarded = (work) => async (...given) => { try { await work(...given); } catch (error) { fail(error); } };

function proceed(told) {
  standing = told;
  document.querySelector('#title').textContent = told.title + (told.pilot ? ` · ${said.pilot}` : '');
  const done = told.trial ? told.trial.index : told.trials;
  document.querySelector('#progress').textContent = told.state === 'running' ? said.progress.replace('{done}', done).replace('{of}', told.trials) : '';
  if (told.state === 'consent') consent();
  else if (told.state === 'checks') guarded(checks)();
  else if (told.state === 'refused') refusal();
  else if (told.state === 'finished') end();
  else if (told.rests_seconds) rest(told.rests_seconds);
  else if (!shown && told.trial.index === 0) instructions();
  else guarded(trial)();
}

function consent() {
  const own = standing.consent[language] || standing.consent.en;
  const tick = node('input', { type: 'checkbox', id: 'agree' });
  const go = button(said.begin, guarded(async () => proceed(await ask('consent', { licence: standing.licence }))));
  go.disabled = true;
  tick.addEventListener('change', () => { go.disabled = !tick.checked; });
  const narrow = tooNarrow() ? [text(said.too_narrow, 'bad')] : []; // before anybody agrees in vain
  card(said.consent_title, ...narrow, ...(own ? [text(own, 'own-words')] : []), text(said.consent_text), text(said.kept, 'small'),
    node('label', { className: 'check' }, tick, node('span', { textContent: said.agree })), go, ownAnswers());
}

// Everything this browser answered in studies: under which name it is kept, and how it is deleted.
function ownAnswers() {
  const sure = node('div', { hidden: true }, text(said.delete_sure),
    button(said.delete_yes, guarded(forget), 'danger'), button(said.delete_no, () => { sure.hidden = true; }, ''));
  return node('details', { className: 'own' }, node('summary', { textContent: said.own_title }),
    text(said.own_text, 'small'), node('p', {}, node('code', { textContent: standing.pseudonym })),
    button(said.delete, () => { sure.hidden = false; }, ''), sure);
}

async function forget() {
  const answer = await fetch(new URL('../mine', base), { method: 'DELETE', headers: { 'X-Patina-Browser': browser } });
  if (!answer.ok) throw new Error(said.offline);
  localStorage.removeItem(KEY);
  document.querySelector('#progress').textContent = '';
  card(said.deleted_title, text(said.deleted_text));
}

function tooNarrow() {
  return Math.floor(innerWidth * dpr()) < standing.widest;
}

const zoomed = () => {
  const phone = matchMedia('(pointer: coarse)').matches;
  return (window.visualViewport?.scale ?? 1) > 1.02 || (!phone && Math.abs(outerWidth / innerWidth - 1) > 0.12);
};

async function checks() {
  const wanted = new Set(standing.checks);
  const given = {};
  const made = card(said.checks_title, text(said.checks_text));
  if (wanted.has('screen-width')) made.append(text(tooNarrow() ? said.too_narrow : said.wide_enough, tooNarrow() ? 'bad' : ''));
  if (wanted.has('zoom')) made.append(text(zoomed() ? said.zoomed : said.not_zoomed, zoomed() ? 'bad' : ''));
  const number = (id, label) => {
    const input = node('input', { type: 'number', id, min: 0, max: 99, inputMode: 'numeric' });
    made.append(node('label', { htmlFor: id, textContent: label }), input);
    return input;
  };
  let colour, dark, light;
  if (wanted.has('colour-plate')) {
    const plate = await fetched(`${study}/plate.png`);
    plate.alt = said.plate_alt;
    made.append(node('h2', { textContent: said.colour_title }), plate);
    colour = number('colour', said.colour_question);
  }
  if (wanted.has('brightness')) {
    const steps = await fetched('steps.png');
    steps.alt = said.steps_alt;
    made.append(node('h2', { textContent: said.brightness_title }), steps);
    dark = number('dark', said.dark_question);
    light = number('light', said.light_question);
  }
  made.append(node('p', {}, button(said.onward, guarded(async () => {
    if (wanted.has('screen-width')) given['screen-width'] = !tooNarrow();
    if (wanted.has('zoom')) given.zoom = !zoomed();
    if (colour) given['colour-plate'] = colour.value;
    if (dark) Object.assign(given, { dark: Number(dark.value), light: Number(light.value) });
    proceed(await ask('check', { checks: given, viewing: viewing() }));
  }))));
}

function refusal() {
  card(said.refused_title, text(said.refused_text), ...standing.failed.map((name) => text(said[`failed_${name}`], 'bad')), button(said.check_again, guarded(checks)));
}

const scale = () => [5, 4, 3, 2, 1].map((grade) => said[`${standing.method === 'dcr' ? 'dcr' : 'acr'}_${grade}`]);

function instructions() {
  const own = standing.instructions[language] || standing.instructions.en;
  const list = node('ul');
  if (standing.method !== 'pairs') scale().forEach((word, number) => list.append(node('li', { textContent: `${5 - number} – ${word}` })));
  const session = said[standing.method === 'pairs' ? 'session_pairs' : 'session_pictures'];
  const made = card(said.instructions_title, text(own || said[`how_${standing.method}`]), list,
    text(session.replace('{trials}', standing.trials).replace('{minutes}', standing.minutes), 'small'));
  if (standing.trial.training) made.append(text(said.training, 'small'));
  made.append(button(said.begin, guarded(trial)));
}

function rest(seconds) {
  const left = node('b');
  const go = button(said.go_on, guarded(async () => proceed(await ask('standing'))));
  go.disabled = true;
  card(said.break_title, text(said.break_text), node('p', {}, left), go);
  const until = performance.now() + seconds * 1000;
  const tick = () => {
    if (!go.isConnected) return;
    const now = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    left.textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, '0')}`;
    go.disabled = now > 0;
    if (now > 0) setTimeout(tick, 500); else go.focus();
  };
  tick();
}

function end() {
  shown = null;
  const made = card(said.end_title, text(said.end_text));
  if (standing.code) made.append(text(said.code), node('p', {}, node('span', { className: 'code', textContent: standing.code })));
  if (standing.return_url) made.append(node('p', {}, node('a', { href: standing.return_url, rel: 'noopener', textContent: said.return })));
  made.append(ownAnswers());
}

// ---- one trial: a pixel of the picture is a pixel of the screen, or it is not shown
async function trial() {
  const now = standing.trial;
  const images = await load(now);
  load(standing.upcoming).catch(() => {});
  for (const name of [...pictures.keys()]) if (Number(name.split('/')[0]) < now.index) pictures.delete(name);
  const stage = node('div', { className: 'stage' });
  images.forEach((image, number) => {
    image.alt = said[`alt_${now.sides[number]}`];
    image.draggable = false;
    stage.append(image);
  });
  const question = now.training ? `${said.training_mark} ${said[`ask_${standing.method}`]}` : said[`ask_${standing.method}`];
  const bar = node('div', { className: 'answers', role: 'group' });
  choices().forEach(([answer, label, key]) => {
    const made = node('button', { type: 'button' }, node('span', { textContent: label }), node('kbd', { textContent: key }));
    made.dataset.answer = answer;
    made.addEventListener('click', () => give(answer));
    bar.append(made);
  });
  place.replaceChildren(stage, node('p', { className: 'question', textContent: question }), bar);
  shown = { now, stage, images, busy: false, at: 0, resizes: 0, fits: true };
  fit();
  place.focus();
  requestAnimationFrame(() => requestAnimationFrame(() => { shown.at = performance.now(); }));
}

function choices() {
  if (standing.method !== 'pairs') return scale().map((word, number) => [5 - number, word, String(5 - number)]);
  return [['left', said.left, '←'], ['tie', said.tie, '↓'], ['both-bad', said.both_bad, '↑'], ['right', said.right, '→']];
}

// Device pixels: where two pictures fit side by side they stand so, else one below the other, else not at all.
function fit() {
  if (!shown?.stage.isConnected) return;
  const { stage, images } = shown;
  const [width, height] = [Math.floor(stage.clientWidth * dpr()), Math.floor(stage.clientHeight * dpr())];
  const sizes = images.map((image) => [image.naturalWidth, image.naturalHeight]);
  const wide = sizes.reduce((sum, [w]) => sum + w, 0) + GAP * (sizes.length - 1);
  const high = sizes.reduce((sum, [, h]) => sum + h, 0) + GAP * (sizes.length - 1);
  const widest = Math.max(...sizes.map(([w]) => w));
  const highest = Math.max(...sizes.map(([, h]) => h));
  const beside = wide <= width && highest <= height;
  shown.fits = beside || (widest <= width && high <= height);
  // The stage itself may begin between two device pixels: the pictures begin on one.
  const box = stage.getBoundingClientRect();
  const align = (value, origin) => (Math.round((origin + value / dpr()) * dpr()) / dpr()) - origin;
  let along = beside ? (width - wide) / 2 : (height - high) / 2;
  images.forEach((image, number) => {
    const [w, h] = sizes[number];
    const left = beside ? along : (width - w) / 2;
    const top = beside ? (height - h) / 2 : along;
    Object.assign(image.style, {
      width: `${w / dpr()}px`, height: `${h / dpr()}px`,
      left: `${align(left, box.left)}px`, top: `${align(top, box.top)}px`,
      visibility: shown.fits ? 'visible' : 'hidden',
    });
    along += (beside ? w : h) + GAP;
  });
  stage.querySelector('.small-window')?.remove();
  if (!shown.fits) stage.append(node('p', { className: 'small-window', role: 'alert', textContent: said.small_window }));
  place.querySelectorAll('.answers button').forEach((each) => { each.disabled = !shown.fits || shown.busy; });
}

async function give(answer) {
  if (!shown || shown.busy || !shown.fits || !shown.at) return;
  const response_ms = Math.round(performance.now() - shown.at);
  shown.busy = true;
  const pressed = [...place.querySelectorAll('.answers button')].find((each) => each.dataset.answer === String(answer));
  pressed?.classList.add('given');
  place.querySelectorAll('.answers button').forEach((each) => { each.disabled = true; });
  try {
    proceed(await ask('answer', { trial: shown.now.index, answer, response_ms, viewing: viewing() }));
  } catch (error) {
    if (error.code === 'not-now') { proceed(await ask('standing')); return; }
    fail(error);
  }
}

addEventListener('resize', () => { if (shown) shown.resizes += 1; fit(); });
document.addEventListener('keydown', (event) => {
  if (!shown?.stage.isConnected || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const found = choices().find(([, , key]) => key === ({ ArrowLeft: '←', ArrowRight: '→', ArrowDown: '↓', ArrowUp: '↑' }[event.key] ?? event.key));
  if (found) { event.preventDefault(); give(found[0]); }
});

async function start() {
  const told = await ask('begin', { link: Object.fromEntries(new URLSearchParams(location.search)) });
  browser = told.browser;
  localStorage.setItem(KEY, browser);
  proceed(told);
}

document.querySelector('#language').addEventListener('click', (event) => {
  event.preventDefault();
  const query = new URLSearchParams(location.search);
  query.set('lang', language === 'zh' ? 'en' : 'zh');
  location.search = query;
});
guarded(start)();
