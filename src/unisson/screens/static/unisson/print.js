// The button that opens the computer's own print window.
document.querySelector('[data-imprimer]')?.addEventListener('click', () => window.print());
