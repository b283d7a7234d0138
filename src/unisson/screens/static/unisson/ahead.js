// Keys typed ahead of a box that is still coming. She presses F4 and types on:
// the letters are kept for the box's first field, and mean nothing to the page
// behind, where an A would have been somebody's arrival. Enter waits to be
// pressed again: nothing is done unseen. Escape gives the box up.
import { announce, typing } from './keys.js';

const SLOW = 800; // ms before she is told that it is on its way
let coming = null;

export function awaits(leave) {
  if (coming) clearTimeout(coming.slow);
  coming = { letters: coming?.letters ?? '', leave, slow: setTimeout(() => announce('Ouverture en cours. Échap pour laisser.'), SLOW) };
}

// `field` is what has the focus now that it is there; nothing when it never came.
export function arrived(field) {
  if (!coming) return;
  const { letters, slow } = coming;
  clearTimeout(slow);
  coming = null;
  if (!letters || !field?.matches?.('input:is([type=text], [type=search], [type=tel], :not([type])), textarea')) return;
  field.setRangeText(letters, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

window.addEventListener('keydown', (event) => {
  if (!coming || event.ctrlKey || event.altKey || event.metaKey || /^F\d/.test(event.key)) return;
  if (typing(event.target) && event.target.closest('dialog[open]')) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === 'Escape') coming.leave();
  else if (event.key === 'Backspace') coming.letters = coming.letters.slice(0, -1);
  else if (event.key.length === 1) coming.letters += event.key;
}, true);
