// The structural rules that a screen reader depends on.
() => {
  const bad = [];
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) bad.push('double id');
  if (document.querySelectorAll('main').length !== 1) bad.push('main');
  if (document.querySelectorAll('h1').length !== 1) bad.push('h1');
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea')) if (!e.labels?.length) bad.push('label ' + e.name);
  for (const e of document.querySelectorAll('a, button')) if (!e.textContent.trim()) bad.push('name ' + e.outerHTML);
  for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) bad.push('alt');
  for (const e of document.querySelectorAll('[aria-labelledby]')) if (!document.getElementById(e.getAttribute('aria-labelledby'))) bad.push('labelledby');
  for (const e of document.querySelectorAll('th')) if (!e.scope) bad.push('scope');
  let last = 1;
  for (const h of document.querySelectorAll('h1, h2, h3')) { const n = Number(h.tagName[1]); if (n > last + 1) bad.push('heading ' + h.textContent); last = n; }
  for (const e of document.querySelectorAll('a, button, summary, input:not([type=hidden])')) {
    const box = e.getBoundingClientRect(); if (box.width && (box.height < 20 || box.width < 12) && !e.closest('p, dd, th, td, .skip')) bad.push('target ' + e.textContent.trim()); }
  return bad;
}
