// A slider over the sheets of a training: shows the one it stands at, and says when that was.
element.addEventListener('input', (event) => {
  const figure = event.target.closest('.growth');
  if (!figure) return;
  const place = Number(event.target.value);
  figure.querySelectorAll('.growth-pictures img').forEach((image, number) => { image.hidden = number !== place; });
  figure.querySelector('figcaption').textContent = JSON.parse(figure.dataset.captions)[place];
});
