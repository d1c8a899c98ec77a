// Text against the ground it stands on, for every visible text node (WCAG 2.2, 1.4.3).
() => {
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const read = (text) => { const v = text.match(/[\d.]+/g).map(Number); if (text.startsWith('color(srgb')) for (const n of [0, 1, 2]) v[n] *= 255; return { rgb: v.slice(0, 3), a: v[3] ?? 1 }; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor); if (c.a > .99) return c.rgb; }
    return [255, 255, 255]; };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim(), box = e.getBoundingClientRect();
    if (!text || !e.checkVisibility() || box.width < 2 || e.closest('[aria-hidden=true]')) continue;
    const a = light(read(getComputedStyle(e).color).rgb), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${text.slice(0, 20)} ${ratio.toFixed(2)} ${e.className}`);
  }
  return bad;
}
