// A field with a list of answers under it (ARIA combobox): the focus stays in
// the field, arrows walk the answers, Enter takes one. Answers come from the
// server as elements with role=option; one that is a link is followed, any
// other tells the field's page through an `unisson:chosen` event.

export function combobox(field) {
  const list = document.getElementById(field.getAttribute('aria-controls'));
  const options = () => [...list.querySelectorAll('[role=option]')];
  const current = () => list.querySelector('[role=option][aria-selected=true]');

  function select(option) {
    options().forEach((each) => each.setAttribute('aria-selected', each === option ? 'true' : 'false'));
    if (option) {
      option.id ||= `${list.id}-${options().indexOf(option)}`;
      field.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else field.removeAttribute('aria-activedescendant');
  }
  function close() {
    list.replaceChildren();
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }
  function take(option) {
    const link = option.matches('a[href]') ? option : option.querySelector('a[href], button');
    if (link && link !== option) link.click();
    else if (link) window.location.assign(link.href);
    else field.dispatchEvent(new CustomEvent('unisson:chosen', { bubbles: true, detail: { ...option.dataset, mark: option.querySelector('.proche')?.textContent.trim() ?? '' } }));
    if (!link) close();
  }

  // The one certain answer is marked already: the first arrow down rests on it, and
  // does not fall through it onto « Créer un patient ».
  let moved = false;
  field.addEventListener('keydown', (event) => {
    const all = options();
    const at = all.indexOf(current());
    const resting = event.key === 'ArrowDown' && at >= 0 && !moved;
    moved = moved || event.key.startsWith('Arrow');
    if (resting) select(all[at]);
    else if (event.key === 'ArrowDown' && all.length) select(all[(at + 1) % all.length]);
    else if (event.key === 'ArrowUp' && all.length) select(all[(at - 1 + all.length) % all.length]);
    else if (event.key === 'Enter' && at >= 0) take(all[at]);
    else if (event.key === 'Escape' && all.length) {
      event.stopPropagation();
      close();
    } else return;
    event.preventDefault();
  });
  // One more letter: the answers on screen are to the letters before, so nobody's choice.
  field.addEventListener('input', () => {
    moved = false;
    select(null);
  });
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (option && !option.matches('a[href]') && !event.target.closest('a, button')) take(option);
  });
  document.addEventListener('focusin', (event) => {
    if (event.target !== field && !list.contains(event.target)) close();
  });
  // An answer that is alone and certain is marked by the server (aria-selected);
  // nothing is ever chosen by itself.
  new MutationObserver(() => {
    const any = list.childElementCount > 0;
    field.setAttribute('aria-expanded', String(any));
    if (current()) select(current());
  }).observe(list, { childList: true, subtree: false });
  return { close, select, options };
}
