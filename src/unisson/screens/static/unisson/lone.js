// A letter acts only when it comes alone. Followed at once by another, it was the
// beginning of a name somebody types without having pressed F3: nothing is done, and
// both letters go to the command line, where the rest of the name follows them.
const ALONE = 300; // ms without another letter; quick hands leave 60 to 200
let waiting = null;

export function lone(letter, act) {
  waiting = { letter, act, timer: setTimeout(settle, ALONE) };
}

function settle() {
  const { act, timer } = waiting;
  clearTimeout(timer);
  waiting = null;
  act();
}

window.addEventListener('keydown', (event) => {
  if (!waiting || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
  const begun = event.key.length === 1 && /\p{L}/u.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!begun) return settle();
  const { letter, timer } = waiting;
  clearTimeout(timer);
  waiting = null;
  event.preventDefault();
  event.stopPropagation();
  document.dispatchEvent(new CustomEvent('unisson:typed', { detail: letter + event.key }));
}, true);
