// What the desk says beside its answer: sounds, the network, how many wait, and for how long undo is at hand.

// One, two or three notes, in pairs of hertz and seconds.
const TONES = {
  ok: [[880, 0.09], [1320, 0.14]],
  info: [[660, 0.12]],
  warn: [[660, 0.14], [520, 0.2]],
  bad: [[220, 0.16], [180, 0.16], [150, 0.28]],
};
const VIBRATIONS = { ok: [60], info: [60], warn: [80, 60, 80], bad: [200, 80, 200] };
// The switch is kept on the device: the next one at the desk finds it as it was left.
const SOUND_KEY = "desk-sound";
const soundIsOn = () => localStorage.getItem(SOUND_KEY) !== "off";
let audio = null;

export function play(tone) {
  if (!TONES[tone]) return;
  // Nobody has touched this page yet: the browser would refuse the sound and complain of it.
  if (!navigator.userActivation?.hasBeenActive || !soundIsOn()) return;
  navigator.vibrate?.(VIBRATIONS[tone]);
  if (!window.AudioContext) return;
  audio ??= new AudioContext();
  let at = audio.currentTime + 0.02;
  for (const [hertz, seconds] of TONES[tone]) at = sing(tone, hertz, at, seconds);
}

function sing(tone, hertz, at, seconds) {
  const note = audio.createOscillator();
  const volume = audio.createGain();
  note.type = tone === "bad" ? "square" : "sine";
  note.frequency.value = hertz;
  volume.gain.setValueAtTime(0.2, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  note.connect(volume).connect(audio.destination);
  note.start(at);
  note.stop(at + seconds);
  return at + seconds;
}

export function showSound() {
  const button = document.querySelector("#sound");
  button.hidden = false;
  button.setAttribute("aria-pressed", String(soundIsOn()));
}

export function hear() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#sound")) return;
    localStorage.setItem(SOUND_KEY, soundIsOn() ? "off" : "on");
    showSound();
    play("ok");
    document.querySelector("#code").focus();
  });
  showSound();
  hideUndoInTime();
  endServingInTime();
  const result = document.querySelector("#result");
  if (result) play(result.dataset.tone);
}

// ---- the network and the line, in words

const net = document.querySelector("#net");
const netWorks = net.textContent;
const away = document.querySelector("#away");
const waiting = document.querySelector("#waiting");

export function setNet(works) {
  net.hidden = false;
  const words = works ? netWorks : net.dataset.off;
  if (net.textContent !== words) net.textContent = words;
  net.classList.toggle("t-ok", works);
  net.classList.toggle("t-warn", !works);
  if (away) away.hidden = works;
}

export function sayNet() {
  window.addEventListener("online", () => setNet(true));
  window.addEventListener("offline", () => setNet(false));
  setNet(navigator.onLine);
}

// One is answered before it can be read; more, or one without a network, are told.
export function sayWaiting(count) {
  waiting.hidden = count < (net.classList.contains("t-ok") ? 2 : 1);
  waiting.textContent = waiting.dataset.words.replace("0", count);
}

// ---- undo stands in the foot for some seconds; later it is found in the day's log

let timer = 0;

export function hideUndoInTime() {
  clearTimeout(timer);
  const undo = document.querySelector("#undo");
  if (!undo?.firstElementChild) return;
  const last = () => {
    // Whoever is on the button is not surprised by its going.
    if (undo.contains(document.activeElement)) timer = setTimeout(last, 1000);
    else undo.replaceChildren();
  };
  timer = setTimeout(last, Number(undo.dataset.seconds) * 1000);
}

// Nobody's name stays on a desk that nobody uses.
let serving = 0;

export function endServingInTime() {
  clearTimeout(serving);
  const served = document.querySelector("#served");
  if (!served?.dataset.over) return;
  serving = setTimeout(() => location.assign(served.dataset.over), Number(served.dataset.seconds) * 1000);
}
