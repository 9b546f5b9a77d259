// An answer takes its place on the page that is open: the field, the camera and the keys typed meanwhile stay.

import { endServingInTime, hideUndoInTime, play, showSound } from "./signals.js";

const PARTS = [".floor-bar", "h1", ".modes", "#served", "#answer", "#day", ".floor-langs", "#undo"];
const KEPT = ["code", "_key"];

export async function show(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const isDesk = page.querySelector("#scan") && page.querySelector("#answer");
  if (!isDesk) {
    leaveFor(response);
    return "";
  }
  if (response.redirected) history.replaceState(null, "", response.url);
  const hadFocus = document.querySelector("#answer").contains(document.activeElement);
  take(page);
  if (hadFocus) document.querySelector("#code").focus({ preventScroll: true });
  return tell();
}

// A borrower's page, or signing in: the answer is another page, so go there.
function leaveFor(response) {
  location.assign(response.redirected ? response.url : location.href);
}

function take(page) {
  document.title = page.title;
  for (const part of PARTS) {
    const [mine, theirs] = [document.querySelector(part), page.querySelector(part)];
    if (mine && theirs) mine.replaceWith(document.adoptNode(theirs));
  }
  takeFields(page.querySelector("#scan"));
}

// The next scan is meant for the mode and the shelf of this answer.
function takeFields(theirs) {
  const scan = document.querySelector("#scan");
  for (const one of scan.querySelectorAll("input[type=hidden]")) if (!KEPT.includes(one.name)) one.remove();
  for (const one of theirs.querySelectorAll("input[type=hidden]")) {
    if (!KEPT.includes(one.name)) scan.append(document.adoptNode(one));
  }
  const left = theirs.elements.code.getAttribute("value");
  if (left && !scan.elements.code.value) {
    scan.elements.code.value = scan.elements.code.defaultValue = left;
    scan.elements.code.select();
  }
}

function tell() {
  const result = document.querySelector("#result");
  showSound();
  hideUndoInTime();
  endServingInTime();
  const wrong = document.querySelector(".errors, [aria-invalid=true]");
  if (wrong) wrong.focus();
  if (result) play(result.dataset.tone);
  return result?.dataset.tone ?? "";
}
