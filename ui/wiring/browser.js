// Says "1 vote" and "2 votes": `forms` are the texts for one and for any other number, as ui.words has them.
const counted = (forms, number) => forms[number === 1 ? 'one' : 'many'].replace('{number}', number);

// The page learns its token a moment after it is there. What is asked without one is nobody's: a pair that was
// dealt so cannot be answered with it, and nobody would know what this person has marked.
async function browserToken() {
  for (let tries = 0; tries < 50; tries += 1) {
    const token = document.querySelector('#patina-browser-token [data-token]')?.dataset.token;
    if (token) return token;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  return '';
}
