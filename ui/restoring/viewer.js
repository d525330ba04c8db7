// The before/after viewer. Everything is delegated from `element`, since its content is replaced by each result.
const stageOf = () => element.querySelector('.viewer-stage');
const viewerOf = () => element.querySelector('.viewer');

function setSplit(value) {
  const viewer = viewerOf();
  if (!viewer) return;
  viewer.style.setProperty('--split', value + '%');
  viewer.querySelectorAll('.viewer-split').forEach((range) => { range.value = value; });
}

// ---- one image pixel on one device pixel: lossless regions of the full files, fetched as they are needed
let region = null;

function cropUrl(side) {
  const token = viewerOf().dataset.token;
  const query = new URLSearchParams(region);
  return new URL(`patina/crop/${token}/${side}?${query}`, document.baseURI).href;
}

function showRegion() {
  const stage = stageOf();
  for (const side of ['before', 'after']) {
    const image = stage.querySelector(`img.${side}`);
    const url = cropUrl(side);
    const next = new Image();
    next.onload = () => { if (cropUrl(side) === url) { image.src = url; image.style.transform = ''; } };
    next.src = url;
  }
}

function moveTo(left, top) {
  const viewer = viewerOf();
  const [width, height] = [Number(viewer.dataset.width), Number(viewer.dataset.height)];
  region.left = Math.round(Math.max(0, Math.min(left, width - region.width)));
  region.top = Math.round(Math.max(0, Math.min(top, height - region.height)));
}

function enterActual(across, down) {
  const viewer = viewerOf();
  const stage = stageOf();
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Number(viewer.dataset.width), Number(viewer.dataset.height)];
  region = {
    width: Math.min(width, Math.round(stage.clientWidth * ratio), 1600),
    height: Math.min(height, Math.round(stage.clientHeight * ratio), 1600),
    left: 0,
    top: 0,
  };
  moveTo(across * width - region.width / 2, down * height - region.height / 2);
  viewer.dataset.mode = 'actual';
  stage.style.setProperty('--region-width', region.width / ratio + 'px');
  stage.style.setProperty('--region-height', region.height / ratio + 'px');
  for (const side of ['before', 'after']) {
    const image = stage.querySelector(`img.${side}`);
    image.dataset.whole = image.dataset.whole || image.getAttribute('src');
  }
  pressed('actual');
  showRegion();
  stage.focus();
}

function enterFit() {
  const viewer = viewerOf();
  viewer.dataset.mode = 'fit';
  for (const image of viewer.querySelectorAll('img[data-whole]')) {
    image.src = image.dataset.whole;
    image.style.transform = '';
  }
  pressed('fit');
}

function pressed(mode) {
  for (const button of element.querySelectorAll('[data-view]')) {
    button.setAttribute('aria-pressed', String(button.dataset.view === mode));
  }
}

element.addEventListener('input', (event) => {
  if (event.target.matches('.viewer-split')) setSplit(event.target.value);
});

element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-view]');
  if (!button) return;
  if (button.dataset.view === 'actual') enterActual(0.5, 0.5);
  else enterFit();
});

element.addEventListener('dblclick', (event) => {
  const stage = event.target.closest('.viewer-stage');
  if (!stage || viewerOf().dataset.mode === 'actual') return;
  const box = stage.getBoundingClientRect();
  enterActual((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
});

// ---- dragging pans the region; the pictures follow the finger until the new region is there
let drag = null;

element.addEventListener('pointerdown', (event) => {
  const stage = event.target.closest('.viewer-stage');
  if (!stage || viewerOf().dataset.mode !== 'actual' || event.target.matches('.viewer-split')) return;
  drag = { x: event.clientX, y: event.clientY, left: region.left, top: region.top };
  stage.setPointerCapture(event.pointerId);
  event.preventDefault();
});

element.addEventListener('pointermove', (event) => {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  for (const image of element.querySelectorAll('.viewer-stage img')) {
    image.style.transform = `translate(${x}px, ${y}px)`;
  }
});

element.addEventListener('pointerup', (event) => {
  if (!drag) return;
  const ratio = window.devicePixelRatio || 1;
  moveTo(drag.left - (event.clientX - drag.x) * ratio, drag.top - (event.clientY - drag.y) * ratio);
  drag = null;
  showRegion();
});

element.addEventListener('keydown', (event) => {
  if (!event.target.matches('.viewer-stage') || viewerOf().dataset.mode !== 'actual') return;
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === 'Escape') enterFit();
  if (!steps) return;
  event.preventDefault();
  moveTo(region.left + steps[0] * region.width / 4, region.top + steps[1] * region.height / 4);
  showRegion();
});

// ---- on a phone the result lies below the knobs: bring it into view
watch('value', () => {
  if (window.matchMedia('(max-width: 640px)').matches) element.scrollIntoView({ block: 'start' });
});
