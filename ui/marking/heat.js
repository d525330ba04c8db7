// Where people see problems: maps over results, by model and label.
const heat = { pictures: [] };

function openDoor(door) {
  root.querySelectorAll('[data-door]').forEach((button) => button.setAttribute('aria-selected', button.dataset.door === door));
  for (const room of ['paint', 'heat']) part(room).hidden = room !== door;
  if (door === 'heat') readHeat();
  else if (!state.mode) chooseMode(root.querySelector('[data-mode]').dataset.mode);
  else draw();
}

async function readHeat() {
  const place = part('maps');
  place.replaceChildren(said.loading);
  try {
    heat.pictures = (await ask(`heat/${part('heat-task').value}`)).pictures;
  } catch (error) {
    place.replaceChildren(error.message);
    return;
  }
  options('heat-model', [...new Set(heat.pictures.map((each) => each.model))].map((model) => [model, model]));
  const labels = [...new Set(heat.pictures.flatMap((each) => Object.keys(each.labels)))];
  options('heat-label', labels.map((label) => [label, said.labels[label]]));
  showHeat();
}

function options(name, choices) {
  const all = new Option(said[name === 'heat-model' ? 'all_models' : 'all_labels'], '');
  part(name).replaceChildren(all, ...choices.map(([value, text]) => new Option(text, value)));
}

function showHeat() {
  const [model, label] = [part('heat-model').value, part('heat-label').value];
  const wanted = heat.pictures.filter((each) => (!model || each.model === model) && (!label || each.labels[label]));
  part('maps').replaceChildren(...(wanted.length ? wanted.map((each) => map(each, label)) : [said.no_maps]));
}

function map(told, label) {
  const figure = document.createElement('figure');
  const people = counted(said.person, told.raters);
  if (told.raters < Number(root.dataset.fewest)) {
    const empty = Object.assign(document.createElement('p'), { className: 'too-few', textContent: `${people}. ${said.too_few}` });
    empty.style.aspectRatio = `${told.width} / ${told.height}`;
    figure.append(empty);
  } else {
    const image = Object.assign(new Image(told.width, told.height), { loading: 'lazy', src: url(`heat/${part('heat-task').value}/${told.stimulus}.png`, { label }) });
    image.alt = said.map_alt.replace('{title}', told.title).replace('{model}', told.model);
    figure.append(image);
  }
  const caption = document.createElement('figcaption');
  const labels = Object.entries(told.labels).map(([name, number]) => `${said.labels[name]} ${number}`).join(' · ');
  caption.append(Object.assign(document.createElement('b'), { textContent: told.model }), ` ${told.title} · ${people}`);
  caption.append(Object.assign(document.createElement('small'), { textContent: labels }));
  figure.append(caption);
  return figure;
}

part('heat-task').addEventListener('change', readHeat);
for (const name of ['heat-model', 'heat-label']) part(name).addEventListener('change', showHeat);

// Nothing is asked of the server before the tab is looked at.
new IntersectionObserver(([entry], observer) => {
  if (!entry.isIntersecting) return;
  observer.disconnect();
  if (window.patinaMark) openMade();
  else openDoor('paint');
}).observe(root);
