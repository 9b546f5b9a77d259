// What is scanned and tapped waits in line and goes out one by one, each with a key of its own, so that what
// is sent again because its answer was lost counts once. The line outlives the page.

import { show } from "./page.js";
import { sayWaiting, setNet } from "./signals.js";

const LINE = "desk-waiting";
// What went wrong stays on the screen this long before the next answer takes its place.
const READ_MS = 2000;
const AGAIN_MS = 2000;
const AWAY = [502, 503, 504];

let isAtWork = false;
let wake = () => {};
const line = () => JSON.parse(sessionStorage.getItem(LINE) ?? "[]");

function keep(entries) {
  sessionStorage.setItem(LINE, JSON.stringify(entries));
  sayWaiting(entries.length);
}

function newKey() {
  const signs = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(signs, (sign) => sign.toString(16).padStart(2, "0")).join("");
}

const keyOf = (entry) => entry.fields?.find(([name]) => name === "_key")?.[1];

// A form goes out once: a second tap on it has the same key.
export function enqueue(entry) {
  const entries = line();
  if (entry.fields && entries.some((other) => keyOf(other) === keyOf(entry))) return;
  keep([...entries, { ...entry, key: newKey(), at: performance.timeOrigin + performance.now() }]);
  proceed();
}

// Say in which mode the scans that wait are meant.
export function stamp(mode) {
  keep(line().map((entry) => ({ mode, ...entry })));
}

const pause = (ms) =>
  new Promise((go) => {
    wake = go;
    setTimeout(go, ms);
  });
window.addEventListener("online", () => wake());

// A scan goes to the mode and shelf that stand when its turn comes: the label before it may have set them.
function body(entry) {
  if (entry.fields) return new URLSearchParams(entry.fields);
  const fields = new URLSearchParams(new FormData(document.querySelector("#scan")));
  fields.set("code", entry.code);
  fields.set("_key", entry.key);
  if (entry.mode) fields.set("tila", entry.mode);
  return fields;
}

async function answerTo(entry) {
  try {
    const response = await fetch(entry.url, { method: "POST", body: body(entry) });
    return AWAY.includes(response.status) ? null : response;
  } catch {
    return null;
  }
}

async function answerFirst() {
  const [entry] = line();
  const response = await answerTo(entry);
  setNet(response !== null);
  if (response === null) {
    // Without a network one goes on scanning: nothing looks as if it could not be pressed.
    document.body.classList.remove("sending");
    await pause(AGAIN_MS);
    return;
  }
  keep(line().slice(1));
  const tone = await show(response);
  const start = Math.max(entry.at - performance.timeOrigin, 0);
  performance.measure("desk-answer", { start, end: performance.now() });
  if (line().length && ["bad", "warn"].includes(tone)) await pause(READ_MS);
}

export async function proceed() {
  if (isAtWork) return;
  isAtWork = true;
  document.body.classList.add("sending");
  while (line().length) await answerFirst();
  document.body.classList.remove("sending");
  isAtWork = false;
}
