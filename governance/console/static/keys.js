// Single keys. Which key does what stands on the elements themselves, written there from the server's one key table.

const WRITING = "input, textarea, select, [contenteditable]";

function act(element) {
  const fold = element.closest("details");
  if (fold) fold.open = true;
  if (element.dataset.does === "focus") element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (event.key === "Escape" && target?.matches(WRITING)) {
    target.blur();
    return;
  }
  if (event.ctrlKey && event.key === "Enter" && target?.form) {
    target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (target?.closest(WRITING)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  act(found);
});
