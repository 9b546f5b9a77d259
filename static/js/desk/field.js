// One field that always listens: a scanner is a keyboard that types fast and ends as it likes.

// A scanner types a whole code within some tens of milliseconds; a hand does not.
const BURST_MS = 60;
// A scanner that ends with nothing is done when it has been silent for so long.
const SILENT_MS = 150;
// What a scanner ends with may come so long after its last sign was taken for the end.
const ECHO_MS = 500;
const SHORTEST_CODE = 5;
const BEGUN = "desk-begun";

export function listen(field, send) {
  let lastKeyAt = -Infinity;
  let sentAt = -Infinity;
  let signs = 0;
  let timer = 0;

  function end() {
    clearTimeout(timer);
    signs = 0;
    sentAt = performance.now();
    send();
  }

  function onSign(event, inBurst) {
    clearTimeout(timer);
    signs = inBurst ? signs + 1 : 1;
    if (document.activeElement !== field && event.key !== " ") field.focus();
    if (signs >= SHORTEST_CODE) timer = setTimeout(end, SILENT_MS);
  }

  function onEnd(event, inBurst) {
    const isEcho = event.timeStamp - sentAt < ECHO_MS;
    // A Tab that is held down comes as fast as a scanner's, but after no sign.
    const isMeant = (inBurst && signs > 0) || isEcho || (event.key === "Enter" && (event.target === field || field.value));
    if (!isMeant) return;
    event.preventDefault();
    if (field.value) end();
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target !== field && event.target.matches("input, select, textarea")) return;
    const inBurst = event.timeStamp - lastKeyAt < BURST_MS;
    lastKeyAt = event.timeStamp;
    if (event.key === "Enter" || event.key === "Tab") onEnd(event, inBurst);
    else if (event.key.length === 1) onSign(event, inBurst);
  }

  document.addEventListener("keydown", onKey, { capture: true });
  keepFocus(field);
  keepBegun(field);
}

// After a touch on nothing in particular, the field listens again. Keyboard users keep their place.
function keepFocus(field) {
  document.addEventListener("pointerup", (event) => {
    if (!event.target.closest("a, button, input, select, textarea, label")) field.focus({ preventScroll: true });
  });
  window.addEventListener("focus", () => {
    if (document.activeElement === document.body) field.focus({ preventScroll: true });
  });
}

// A code whose first keys came to this page and the rest to the next stays whole.
function keepBegun(field) {
  window.addEventListener("pagehide", () => {
    if (field.value !== field.defaultValue) sessionStorage.setItem(BEGUN, field.value);
  });
  const kept = sessionStorage.getItem(BEGUN);
  sessionStorage.removeItem(BEGUN);
  if (kept) field.value = kept + (field.value === field.defaultValue ? "" : field.value);
  // What was typed while the page came is the beginning of a code: selecting it would lose it.
  else if (document.activeElement === field && field.value === field.defaultValue) field.select();
}
