import type { Legend } from './message';

/** Write the legend of a map. All text is set as text, never as markup. */
export function writeLegend(box: HTMLElement, legend: Legend | null): void {
  box.replaceChildren();
  box.hidden = legend === null;
  if (legend === null) return;
  box.append(element('strong', legend.title));
  if (legend.ramp) {
    const bar = element('i');
    bar.style.background = `linear-gradient(90deg, ${legend.ramp.colours.join(',')})`;
    const ticks = element('span');
    ticks.className = 'ticks';
    ticks.append(...legend.ramp.ticks.map((tick) => element('b', tick)));
    box.append(bar, ticks);
  }
  for (const kind of legend.kinds) {
    const line = element('span');
    line.className = 'kind';
    const swatch = element('i');
    swatch.style.background = kind.colour;
    line.append(swatch, element('span', kind.name));
    box.append(line);
  }
}

export function element(tag: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
