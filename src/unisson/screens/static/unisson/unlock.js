// The locked screen, as a page or over the desk: Alt 1 to 9 and the arrows say
// who comes back, the field keeps the focus.
export function wire(root) {
  const secret = root.querySelector('#secret');
  const people = [...root.querySelectorAll('input[name=account]')];
  const choose = (radio) => {
    if (!radio) return;
    radio.checked = true;
    secret.value = '';
    secret.focus();
  };
  root.addEventListener('keydown', (event) => {
    const digit = event.code?.match(/^(?:Digit|Numpad)([1-9])$/)?.[1];
    if (event.altKey && digit && people.length > 1) {
      event.preventDefault();
      choose(people[digit - 1]);
    } else if (event.target === secret && ['ArrowUp', 'ArrowDown'].includes(event.key)) {
      event.preventDefault();
      const at = people.findIndex((radio) => radio.checked);
      choose(people[Math.min(people.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))]);
    }
  });
  root.addEventListener('change', ({ target }) => target.name === 'account' && secret.focus());
  secret?.focus();
}

const page = document.querySelector('main .deverrouille');
if (page) wire(page);
