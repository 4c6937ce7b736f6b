/**
 * Who paid whom, from left to right: marks in layers, and an arrow for each pair. A click on a mark chooses it. The
 * layout comes with the message (analytics/figures/flow.py); the other side is ui/finance/flow.py.
 */

import { element } from './legend';
import { draw } from './spark';
import { Tip } from './tip';

interface Mark {
  /** In layers from the left, and in rows from the top. */
  x: number;
  y: number;
  label: string;
  role: string;
  colour: string;
  /** More than 1 where several stand in one mark, which is a square. */
  accounts: number;
  choosable: boolean;
  chosen: boolean;
}

interface Arrow {
  from: number;
  to: number;
  width: number;
  inside: boolean;
  /** Against the order of time: bent, so that it is not hidden under another. */
  back: boolean;
  words: string;
}

interface FlowMessage {
  label: string;
  height: number;
  marks: Mark[];
  arrows: Arrow[];
  roles: { name: string; colour: string }[];
}

interface FlowArguments {
  data: FlowMessage;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'chosen', value: number): void;
}

interface Point {
  x: number;
  y: number;
}

const EDGE = { x: 44, top: 26, bottom: 16 }; // pixels, so that names at the edges are whole
const NAMED = 60; // marks: above, names would cover one another
const MANY = 300; // arrows: above, their heads and thick lines would cover everything
const LETTER = 6.2; // pixels of the width of a letter, about
const HEAD = 5; // pixels of the head of a thin arrow, beside its width
const BEND = 0.7; // of the height of a row
const ROW = 90; // pixels of a row at most, where few have all the room

class FlowView {
  private written = '';
  private width = 0;
  private readonly tip: Tip;
  private readonly legend = element('div');

  constructor(
    private readonly box: HTMLElement,
    public message: FlowMessage,
    public send: FlowArguments['setTriggerValue'],
  ) {
    this.tip = new Tip(box);
    this.legend.className = 'roles';
    new ResizeObserver(() => this.show(this.message)).observe(box);
    box.addEventListener('click', (event) => this.choose(event.target));
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        this.choose(event.target);
        event.preventDefault();
      }
    });
    box.addEventListener('pointermove', (event) => this.describe(event));
  }

  show(message: FlowMessage): void {
    const written = JSON.stringify(message);
    const width = this.box.clientWidth;
    if (width === 0 || (written === this.written && width === this.width)) return;
    Object.assign(this, { message, written, width });
    const picture = draw('svg', {
      viewBox: `0 0 ${width} ${message.height}`,
      height: String(message.height),
      role: 'group',
      'aria-label': message.label,
    });
    const at = placeMarks(message, width);
    const rows = rowHeight(message);
    const many = message.arrows.length > MANY;
    picture.append(
      ...message.arrows.flatMap((arrow, number) => drawArrow(message, arrow, number, at, rows, many)),
      ...message.marks.map((mark, number) => drawMark(message, mark, number, at[number], width)),
    );
    this.legend.replaceChildren(...message.roles.map(({ name, colour }) => nameRole(name, colour)));
    this.tip.hide();
    this.box.replaceChildren(this.legend, picture, this.tip.node);
  }

  private choose(target: EventTarget | null): void {
    const found = (target as Element | null)?.closest<SVGElement>('[data-mark]');
    const number = Number(found?.dataset.mark);
    if (found && this.message.marks[number]?.choosable) this.send('chosen', number);
  }

  private describe(event: PointerEvent): void {
    const found = (event.target as Element).closest<SVGElement>('[data-mark], [data-arrow]');
    const words = found && (found.dataset.mark ? this.nameMark(Number(found.dataset.mark)) : this.message.arrows[Number(found.dataset.arrow)].words);
    if (!words) return this.tip.hide();
    const { left, top } = this.box.getBoundingClientRect();
    this.tip.say(words, event.clientX - left, event.clientY - top);
  }

  private nameMark(number: number): string {
    const { label, role } = this.message.marks[number];
    return role ? `${label}: ${role}` : label;
  }
}

/** Where each mark lies, in pixels. */
function placeMarks({ marks, height }: FlowMessage, width: number): Point[] {
  const [right, [top, bottom]] = [Math.max(...marks.map(({ x }) => x), 1), ends(marks.map(({ y }) => y))];
  const [across, down] = [width - 2 * EDGE.x, height - EDGE.top - EDGE.bottom];
  return marks.map(({ x, y }) => ({
    x: EDGE.x + (x / right) * across,
    y: EDGE.top + (bottom > top ? ((y - top) / (bottom - top)) * down : down / 2),
  }));
}

/** Pixels between two rows. */
function rowHeight({ marks, height }: FlowMessage): number {
  const [top, bottom] = ends(marks.map(({ y }) => y));
  return Math.min((height - EDGE.top - EDGE.bottom) / Math.max(bottom - top, 1), ROW);
}

function ends(values: number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function radius({ accounts }: Mark, many: boolean): number {
  const least = many ? 3.5 : 6.5;
  return Math.min(least + 1.5 * Math.sqrt(accounts - 1), 17);
}

function drawMark(message: FlowMessage, mark: Mark, number: number, { x, y }: Point, width: number): SVGElement {
  const r = radius(mark, message.arrows.length > MANY);
  const named = message.marks.length <= NAMED;
  const group = draw('g', { class: mark.chosen ? 'mark chosen' : 'mark', 'data-mark': String(number), fill: mark.colour });
  if (mark.choosable) {
    group.classList.add('choosable');
    group.setAttribute('role', 'button');
    group.setAttribute('aria-label', mark.role ? `${mark.label}: ${mark.role}` : mark.label);
    group.setAttribute('aria-pressed', String(mark.chosen));
    if (named) group.setAttribute('tabindex', '0');
  }
  group.append(
    mark.accounts > 1
      ? draw('rect', write({ x: x - r, y: y - r, width: 2 * r, height: 2 * r }))
      : draw('circle', write({ cx: x, cy: y, r })),
  );
  if (named) {
    const half = (mark.label.length * LETTER) / 2;
    const text = draw('text', write({ x: Math.min(Math.max(x, half), width - half), y: y - r - 5 }));
    text.textContent = mark.label;
    group.append(text);
  }
  return group;
}

function drawArrow(message: FlowMessage, arrow: Arrow, number: number, at: Point[], row: number, many: boolean): SVGElement[] {
  const [from, to] = [at[arrow.from], at[arrow.to]];
  const bent = arrow.back ? middle(from, to, row) : null;
  const before = bent ?? from; // what the head points away from
  const long = Math.hypot(to.x - before.x, to.y - before.y) || 1;
  const [dx, dy] = [(to.x - before.x) / long, (to.y - before.y) / long];
  const apart = radius(message.marks[arrow.to], many) + 2;
  const tip = { x: to.x - dx * apart, y: to.y - dy * apart };
  const head = many ? 0 : HEAD + arrow.width;
  const end = { x: tip.x - dx * head, y: tip.y - dy * head };
  const points = [from, ...(bent ? [bent] : []), end].map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const kind = `arrow ${arrow.inside ? 'inside' : 'outside'}${many ? ' many' : ''}`;
  const line = draw('polyline', { class: kind, points, 'stroke-width': String(many ? arrow.width / 2 : arrow.width) });
  if (many) return [line];
  const half = head / 2;
  const sides = [tip, { x: end.x - dy * half, y: end.y + dx * half }, { x: end.x + dy * half, y: end.y - dx * half }];
  return [
    line,
    draw('polygon', { class: kind, points: sides.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ') }),
    draw('polyline', { class: 'touched', points, 'data-arrow': String(number) }),
  ];
}

/** Where a bent line turns; between two marks of one layer it turns beside them too. */
function middle(from: Point, to: Point, row: number): Point {
  const beside = Math.abs(from.x - to.x) < 1 ? row * BEND : 0;
  return { x: (from.x + to.x) / 2 + beside, y: (from.y + to.y) / 2 - row * BEND };
}

function nameRole(name: string, colour: string): HTMLElement {
  const line = element('span');
  const swatch = element('i');
  swatch.style.background = colour;
  line.append(swatch, element('b', name));
  return line;
}

function write(values: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.toFixed(1)]));
}

const views = new WeakMap<Element, FlowView>();

export default function showFlow({ data, parentElement, setTriggerValue }: FlowArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.flow')!;
  const view = views.get(box) ?? new FlowView(box, data, setTriggerValue);
  views.set(box, view);
  view.send = setTriggerValue;
  view.show(data);
}
