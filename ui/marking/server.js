// The Mark tab: what its scripts share, and how they talk to the server. They are joined in the order of marking/tab.py.
const root = element.querySelector('.marking');
const said = JSON.parse(root.dataset.said);
const COLOURS = JSON.parse(root.dataset.colours);
const part = (name) => root.querySelector(`[data-part=${name}]`);
const state = { mode: '', picture: null, skipped: [], fine: [], sent: [], busy: false, space: false, round: 0 };
const brush = { size: 24 };
let tool = 'brush';

function url(path, query = {}) {
  const address = new URL(`patina/marking/${path}`, document.baseURI);
  address.search = new URLSearchParams({ language: root.dataset.language, ...query });
  return address;
}

async function send(path, query = {}, options = {}) {
  const token = await browserToken();
  let answer;
  try {
    answer = await fetch(url(path, query), { ...options, headers: { 'X-Patina-Browser': token } });
  } catch {
    throw new Error(said.offline);
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(said[`refused_${told.code}`] ?? told.error ?? said.offline), { code: told.code });
}

const ask = async (path, query, options) => (await send(path, query, options)).json();
const post = (body) => ({ method: 'POST', body });

function say(sentence, kind = '', ...buttons) {
  const made = buttons.map(([text, does]) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
    button.addEventListener('click', does);
    return button;
  });
  part('status').replaceChildren(`${sentence} `, ...made);
  part('status').dataset.kind = kind;
}
