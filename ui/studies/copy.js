// Links are shown from the server's root on; where that is, the browser knows.
function complete() {
  element.querySelectorAll('[data-copy]').forEach((button) => {
    const link = button.parentElement.querySelector('a');
    const { href } = new URL(button.dataset.copy, document.baseURI);
    if (link.textContent !== href) link.textContent = href; // or this would call itself for ever
  });
}

element.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(new URL(button.dataset.copy, document.baseURI).href);
  button.textContent = button.closest('table').dataset.copied;
});
new MutationObserver(complete).observe(element, { childList: true, subtree: true });
complete();
