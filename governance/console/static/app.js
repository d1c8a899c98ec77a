// The inbox moves from item to item without losing its place; a form is sent once. Pages work without this file.

function fetchPage(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document"; // parsed by the browser: no text ever becomes markup by our hand
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new Error(String(request.status))));
    request.onerror = () => reject(new Error("network"));
    request.send();
  });
}

let latest = 0;

async function swap(address) {
  const turn = (latest += 1);
  let page;
  try {
    page = await fetchPage(address);
  } catch {
    location.assign(address);
    return;
  }
  if (turn !== latest) return;
  const fresh = page.querySelector("#work");
  const stale = document.querySelector("#work");
  if (!fresh || !stale) {
    location.assign(address);
    return;
  }
  const scroll = stale.querySelector(".list").scrollTop;
  stale.replaceWith(document.adoptNode(fresh));
  for (const part of [".legend", "#keys dl"]) {
    const next = page.querySelector(part);
    if (next) document.querySelector(part)?.replaceWith(document.adoptNode(next)); // the keys follow what is shown
  }
  document.title = page.title;
  document.querySelector(".notice")?.remove();
  for (const here of document.querySelectorAll("input[name=here]")) here.value = address;
  history.pushState(null, "", address);
  const list = document.querySelector("#work .list");
  list.scrollTop = scroll;
  settle();
  document.querySelector("#detail-heading")?.focus({ preventScroll: false });
}

function settle() {
  document.querySelector(".list [aria-current]")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-swap]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  swap(link.getAttribute("href"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

addEventListener("popstate", () => location.reload());
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
settle();
