// The scanning desk. Without this file everything still works; with it a scanner's keys always land in the
// field, its Enter never presses anything else, a form goes out once, what is scanned while another answer
// is on its way waits its turn, and each answer has its own sound.

const field = document.querySelector("#code");
const scan = document.querySelector("#scan");
const result = document.querySelector("#result");

// ---- one field that always listens

// A scanner types a whole code within some tens of milliseconds; a hand does not.
const BURST_MS = 60;
let lastKeyAt = 0;

const isOtherField = (target) => target !== field && target.matches("input, select, textarea");

function listen(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || isOtherField(event.target)) return;
  const inBurst = event.timeStamp - lastKeyAt < BURST_MS;
  lastKeyAt = event.timeStamp;
  // Some scanners end with a tab instead of a line.
  const ends = event.key === "Tab" ? inBurst && field.value : event.key === "Enter" && (inBurst || field.value);
  if (event.target === field && event.key !== "Tab") return;
  if (ends) {
    event.preventDefault();
    scan.requestSubmit();
  } else if (event.key.length === 1 && event.key !== " ") {
    field.focus();
  }
}
document.addEventListener("keydown", listen, { capture: true });

// After a touch on nothing in particular, the field listens again. Keyboard users keep their place.
document.addEventListener("pointerup", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, label")) field.focus({ preventScroll: true });
});
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) field.focus({ preventScroll: true });
});

// ---- a form goes out once, and a scan is never lost

const WAITING = "desk-waiting";
const BEGUN = "desk-begun";
// What went wrong stays on the screen this long before the next scan takes its place.
const READ_MS = 2000;
let sent = "";
let begun = "";
const isSending = () => document.body.classList.contains("sending");
const waiting = () => JSON.parse(sessionStorage.getItem(WAITING) ?? "[]");
const keepWaiting = (scans) => sessionStorage.setItem(WAITING, JSON.stringify(scans));

document.addEventListener("submit", (event) => {
  const code = event.target === scan ? field.value.trim() : "";
  if ((event.target === scan && !code) || isSending()) {
    event.preventDefault();
    if (code && code !== sent) {
      keepWaiting([...waiting(), { code, mode: scan.elements.tila.value }]);
      field.value = "";
    }
    return;
  }
  document.body.classList.add("sending");
  if (!code) return;
  // Until the browser has read the form the code stays in the field; a second Enter means nothing new.
  sent = code;
  setTimeout(() => {
    sent = "";
    field.value = begun;
    begun = "";
  });
});

function sendNext() {
  const [next, ...rest] = waiting();
  if (!next || isSending()) return;
  keepWaiting(rest);
  begun = field.value;
  field.value = next.code;
  scan.elements.tila.value = next.mode;
  scan.requestSubmit();
}

// A code whose first keys came to this page and the rest to the next stays whole.
window.addEventListener("pagehide", () => {
  if (field.value !== field.defaultValue) sessionStorage.setItem(BEGUN, field.value);
});
// Back from the browser's cache the page is usable again.
window.addEventListener("pageshow", (event) => {
  document.body.classList.remove("sending");
  const kept = sessionStorage.getItem(BEGUN);
  sessionStorage.removeItem(BEGUN);
  const isUntouched = event.persisted || field.value === field.defaultValue;
  if (kept) field.value = kept + (isUntouched ? "" : field.value);
  else if (isUntouched && document.activeElement === field) field.select();
  if (waiting().length) setTimeout(sendNext, ["bad", "warn"].includes(result?.dataset.tone) ? READ_MS : 0);
});

// ---- sounds: one, two or three notes, in pairs of hertz and seconds

const TONES = {
  ok: [[880, 0.09], [1320, 0.14]],
  info: [[660, 0.12]],
  warn: [[660, 0.14], [520, 0.2]],
  bad: [[220, 0.16], [180, 0.16], [150, 0.28]],
};
const VIBRATIONS = { ok: [60], info: [60], warn: [80, 60, 80], bad: [200, 80, 200] };
const SOUND_KEY = "desk-sound";
const button = document.querySelector("#sound");
const soundIsOn = () => sessionStorage.getItem(SOUND_KEY) !== "off";

function play(tone) {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATIONS[tone]);
  if (!soundIsOn() || !window.AudioContext) return;
  const audio = new AudioContext();
  // Nobody has touched this page yet: the browser would refuse the sound and complain of it.
  if (audio.state !== "running") {
    audio.close();
    return;
  }
  let at = audio.currentTime + 0.02;
  for (const [hertz, seconds] of TONES[tone]) {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    note.type = tone === "bad" ? "square" : "sine";
    note.frequency.value = hertz;
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    note.connect(volume).connect(audio.destination);
    note.start(at);
    note.stop(at + seconds);
    at += seconds;
  }
}

function showSound() {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(soundIsOn()));
}
button.addEventListener("click", () => {
  sessionStorage.setItem(SOUND_KEY, soundIsOn() ? "off" : "on");
  showSound();
  if (soundIsOn()) play("ok");
  field.focus();
});
showSound();
if (result) play(result.dataset.tone);

// ---- the network, said in words

const net = document.querySelector("#net");
const netWorks = net.textContent;

function showNet() {
  net.hidden = false;
  net.textContent = navigator.onLine ? netWorks : net.dataset.off;
  net.classList.toggle("t-ok", navigator.onLine);
  net.classList.toggle("t-warn", !navigator.onLine);
}
window.addEventListener("online", showNet);
window.addEventListener("offline", showNet);
showNet();
