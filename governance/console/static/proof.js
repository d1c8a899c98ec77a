// Checks the inclusion proof here, in the reader's own browser: RFC 6962 hashes by WebCrypto, RFC 9162 §2.1.3.2 path.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function hash(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

function mark(item, words) {
  item.classList.add("broken");
  if (item.querySelector("strong")) return;
  const note = document.createElement("strong");
  note.textContent = words;
  item.append(" ", note);
}

async function verify(chain) {
  const items = [...chain.querySelectorAll("li")];
  for (const item of items) item.classList.remove("broken");
  const stated = (item, which = 0) => item.querySelectorAll("code")[which].textContent.trim();
  const leaf = items[0];
  const root = items[items.length - 1];
  let node = await hash(Uint8Array.of(0), new TextEncoder().encode(chain.dataset.entry));
  if (hexOf(node) !== stated(leaf)) return leaf;
  let here = Number(chain.dataset.index);
  let last = Number(chain.dataset.size) - 1;
  for (const item of items.slice(1, -1)) {
    if (last <= 0) return item;
    const sibling = bytesOf(stated(item));
    const right = here % 2 === 1 || here === last;
    node = right ? await hash(Uint8Array.of(1), sibling, node) : await hash(Uint8Array.of(1), node, sibling);
    while (right && here % 2 === 0 && here > 0) [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
    if (hexOf(node) !== stated(item, 1)) return item;
    [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
  }
  return last === 0 && hexOf(node) === stated(root) ? null : root;
}

export async function show() {
  const chain = document.querySelector("#proof");
  const verdict = document.querySelector("#browser-verdict");
  const words = chain.dataset;
  verdict.hidden = false;
  if (!globalThis.crypto?.subtle) {
    verdict.textContent = words.unable;
    return;
  }
  const broken = await verify(chain);
  for (const item of chain.querySelectorAll("li")) {
    if (item === broken) break;
    item.classList.add("whole");
  }
  if (broken) mark(broken, words.here);
  verdict.classList.add(broken ? "bad" : "good");
  const strong = document.createElement("strong");
  strong.textContent = broken ? words.bad : words.good;
  verdict.replaceChildren(strong, ` ${words.browser}`);
}

show();
