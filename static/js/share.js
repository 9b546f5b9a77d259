// One tap sends the page to a friend. Without this file the same thing is a plain link to copy.

const link = document.querySelector("#share");
const words = link?.querySelector("[role=status]");
const READ_MS = 3000;

link?.addEventListener("click", async (event) => {
  event.preventDefault();
  const page = { title: document.title, url: link.href };
  if (navigator.canShare?.(page)) {
    // Who closes the choice of where to send it changed their mind.
    await navigator.share(page).catch(() => {});
    return;
  }
  if (!navigator.clipboard) {
    location.assign(link.href);
    return;
  }
  await navigator.clipboard.writeText(link.href);
  const before = words.textContent;
  words.textContent = link.dataset.done;
  setTimeout(() => {
    words.textContent = before;
  }, READ_MS);
});
