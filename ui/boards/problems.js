// What stands behind a row of a board, and where people marked its results.
// Where people marked a model's results: the problem that is chosen decides whose marks the maps show.
const query = (label) => (label ? `?label=${label}` : '');

async function showMean(label) {
  const image = element.querySelector('img[data-mean]');
  if (!image) return;
  image.dataset.label = label;
  const answer = await fetch(image.dataset.mean + query(label));
  const map = await answer.blob();
  if (!answer.ok || image.dataset.label !== label) return; // another was chosen meanwhile
  const share = `${Math.round(100 * Number(answer.headers.get('X-Patina-Most')))} %`;
  image.closest('figure').querySelector('[data-most]').textContent = image.dataset.told.replace('{share}', share);
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(map);
}

function showMaps(label) {
  element.querySelectorAll('img[data-map]').forEach((image) => {
    const figure = image.closest('figure');
    figure.hidden = Boolean(label) && !figure.dataset.labels.split(' ').includes(label);
    if (!figure.hidden) image.src = image.dataset.map + query(label);
  });
}

element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-label]');
  if (!button) return;
  element.querySelectorAll('button[data-label]').forEach((each) => each.setAttribute('aria-pressed', each === button));
  showMaps(button.dataset.label);
  showMean(button.dataset.label);
});

// What a click on a row opens stands below the whole board: it is brought into view, and read out.
let opened = null;
function bring() {
  const section = element.querySelector('.evidence');
  if (section === opened) return;
  opened = section;
  if (!section) return;
  section.querySelector('h3').focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  section.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

new MutationObserver(() => {
  bring();
  if (element.querySelector('img[data-mean]:not([data-label])')) showMean('');
}).observe(element, { childList: true, subtree: true });
