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
  if (!document.documentElement.lang || !document.title.trim()) bad.push('lang or title');
  for (const e of document.querySelectorAll('table')) if (!e.caption?.textContent.trim() && !e.closest('[aria-labelledby]')) bad.push('caption');
  for (const e of document.querySelectorAll('[aria-hidden=true]')) if (e.matches('a, button, input, [tabindex]') || e.querySelector('a, button, input, select, [tabindex]')) bad.push('hidden focus');
  for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) bad.push('tabindex');
  for (const e of document.querySelectorAll('ul, ol')) if ([...e.children].some((c) => c.tagName !== 'LI')) bad.push('list ' + e.className);
  for (const e of document.querySelectorAll('dl')) if ([...e.children].some((c) => !['DIV', 'DT', 'DD'].includes(c.tagName))) bad.push('dl ' + e.className);
  for (const e of document.querySelectorAll('[role=region], [role=group], [role=dialog], nav, aside')) if (!e.ariaLabel && !e.hasAttribute('aria-labelledby')) bad.push('unnamed ' + e.outerHTML.slice(0, 40));
  for (const e of document.querySelectorAll('a a, a button, button a, label button')) bad.push('nested ' + e.textContent.trim());
  for (const e of document.querySelectorAll('[aria-describedby]')) if (!document.getElementById(e.getAttribute('aria-describedby'))) bad.push('describedby');
  for (const e of document.querySelectorAll('form')) if (!e.querySelector('button[type=submit], button:not([type])')) bad.push('form without button');
  if (document.querySelectorAll('nav [aria-current=page]').length > 1) bad.push('two current pages');
  let last = 1;
  for (const h of document.querySelectorAll('h1, h2, h3')) { const n = Number(h.tagName[1]); if (n > last + 1) bad.push('heading ' + h.textContent); last = n; }
  for (const e of document.querySelectorAll('a, button, summary, input:not([type=hidden])')) {
    const box = e.getBoundingClientRect(); if (box.width && (box.height < 24 || box.width < 24) && !e.closest('p, dd, th, td, .skip')) bad.push('target ' + e.textContent.trim()); }
  return bad;
}
