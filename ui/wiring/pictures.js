// A strip of pictures that are buttons: tells the server which one was chosen.
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-choice]');
  if (!button) return;
  element.querySelectorAll('button[data-choice]').forEach((each) => each.setAttribute('aria-pressed', each === button));
  trigger('select', { choice: button.dataset.choice });
});
