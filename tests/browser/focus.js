// Where the keyboard stands must be seen on everything that takes it (WCAG 2.2, 2.4.7 and 2.4.11).
() => {
  const bad = [];
  for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
    if (e.disabled || !e.checkVisibility() || e.closest('[popover]:not(:popover-open)')) continue;
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) { bad.push('focus ' + e.outerHTML.slice(0, 60)); continue; }
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) bad.push('outline ' + e.outerHTML.slice(0, 60));
    const x = Math.min(Math.max(box.left + 4, 0), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const over = document.elementFromPoint(x, y);
    if (box.height < innerHeight / 2 && over && !e.contains(over) && !over.contains(e) && over.closest('.foot, .acts') && !e.closest('.foot, .acts')) bad.push('covered ' + e.outerHTML.slice(0, 60));
  }
  return bad;
}
