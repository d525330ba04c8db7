// The list of models: tells the server which button was pressed. The list is made anew before and after the
// work; when it is done, whoever pressed a button by keyboard goes on from there.
let pressed = '';
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-choice]');
  if (!button) return;
  pressed = button.closest('[data-model]').dataset.model;
  trigger('select', { choice: button.dataset.choice });
});
new MutationObserver(() => {
  if (!pressed || document.activeElement !== document.body) return;
  const button = element.querySelector(`[data-model="${pressed}"] button:enabled`);
  if (!button) return;
  button.focus({ preventScroll: true });
  pressed = '';
}).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
