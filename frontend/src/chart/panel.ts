/** What the shapes, rings and lines mean, and the groups that can be folded. All text is set as text. */

import { element } from '../legend';
import type { ChartMessage, NodeMark } from './message';
import type { Scene } from './scene';

const SVG = 'http://www.w3.org/2000/svg';
const OUTLINES: Record<string, string> = {
  square: 'M2 2L22 2L22 22L2 22Z',
  diamond: 'M12 -1L25 12L12 25L-1 12Z',
  pentagon: 'M12 -1L24.5 8.2L19.7 23L4.3 23L-0.5 8.2Z',
  hexagon: 'M24 12L18 22.4L6 22.4L0 12L6 1.6L18 1.6Z',
};
const numbers = new Intl.NumberFormat('en-GB');

/** Write the legend of what is on the chart. */
export function writeMarks(box: HTMLElement, message: ChartMessage, scene: Scene): void {
  const counts = new Map<NodeMark, number>();
  for (const { mark } of scene.nodes) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const lines = [...counts].sort((a, b) => b[1] - a[1]).map(([mark, count]) => {
    const line = element('div');
    line.append(drawMark(mark), element('span', mark.label), element('b', numbers.format(count)));
    return line;
  });
  for (const { code, label, colour } of message.statuses) {
    if (!scene.nodes.some(({ status }) => status === code)) continue;
    const line = element('div');
    const ring = element('i');
    ring.className = `ring ${code}`;
    ring.style.borderColor = colour;
    line.append(ring, element('span', label));
    lines.push(line);
  }
  if (scene.ties.some(({ probability }) => probability < 50)) {
    const line = element('div');
    const dash = element('i');
    dash.className = 'dash';
    line.append(dash, element('span', 'Less likely than not'));
    lines.push(line);
  }
  box.replaceChildren(...lines);
}

/** The groups with a box each: ticked while folded. */
export class GroupList {
  private written = '';

  constructor(
    private readonly box: HTMLElement,
    private readonly toggle: (group: string) => void,
  ) {}

  show(groups: string[], folded: ReadonlySet<string>): void {
    this.box.hidden = groups.length === 0;
    const written = JSON.stringify([groups, [...folded]]);
    if (written === this.written) return;
    this.written = written;
    const list = this.box.querySelector('.list')!;
    const focused = (this.box.getRootNode() as ShadowRoot | Document).activeElement?.getAttribute('data-group');
    list.replaceChildren(...groups.map((group) => this.line(group, folded.has(group))));
    if (focused != null) list.querySelector<HTMLElement>(`[data-group="${CSS.escape(focused)}"]`)?.focus();
  }

  private line(group: string, folded: boolean): HTMLElement {
    const label = element('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = folded;
    box.dataset.group = group;
    box.addEventListener('change', () => this.toggle(group));
    label.append(box, element('span', group));
    return label;
  }
}

function drawMark({ shape, colour, glyph }: NodeMark): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '-3 -3 30 30');
  svg.setAttribute('aria-hidden', 'true');
  const outline = document.createElementNS(SVG, OUTLINES[shape] ? 'path' : 'circle');
  if (OUTLINES[shape]) outline.setAttribute('d', OUTLINES[shape]);
  else for (const [name, value] of [['cx', 12], ['cy', 12], ['r', 12]]) outline.setAttribute(String(name), String(value));
  outline.setAttribute('fill', colour || 'currentColor');
  const inside = document.createElementNS(SVG, 'path');
  inside.setAttribute('d', glyph);
  inside.setAttribute('transform', 'translate(3 3) scale(0.75)');
  inside.setAttribute('class', colour ? 'glyph' : 'glyph plain');
  svg.append(outline, inside);
  return svg;
}
