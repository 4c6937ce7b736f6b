/**
 * Counts over time as small charts of a pane: a clock of hours by weekdays, or bars over a period. Dragging over
 * them chooses what the page is filtered to. The other side is ui/components/times.py.
 */

import { element } from './legend';
import { draw } from './spark';

interface Common {
  label: string;
  /** Pixels. */
  height: number;
  /** Whether dragging chooses. */
  brushed: boolean;
  /** What is counted. */
  what: string;
}

interface Clock extends Common {
  kind: 'clock';
  /** Seven rows of 24. */
  counts: number[][];
  days: string[];
  /** From few to many. */
  ramp: string[];
}

interface Bars extends Common {
  kind: 'bars';
  /** What each bar begins with: its date in words, and what stands on the axis below it where there is room. */
  starts: { name: string; tick: string }[];
  counts: number[];
  /** Where the shade begins and ends, in bars from the left edge. */
  shade: [number, number] | null;
}

type TimesMessage = Clock | Bars;

interface TimesArguments {
  data: TimesMessage;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'brushed', value: Span): void;
}

/** The first and the last column, the first and the last row that were dragged over. */
interface Span {
  columns: [number, number];
  rows: [number, number];
}

/** Where the marks stand: columns and rows of equal size within margins. */
interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  columns: number;
  rows: number;
}

const LEFT = 32;
const RIGHT = 4;
const TOP = 6;
const BOTTOM = 18;
const LETTER = 6.2; // pixels of the width of a letter, about
const DRAGGED = 4; // pixels: less is a click
const EVERY = 4; // hours between two that are written
const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });

class TimesView {
  private written = '';
  private width = 0;
  private plot: Plot = { left: LEFT, top: TOP, width: 0, height: 0, columns: 1, rows: 1 };
  private picture = draw('svg', {});
  private readonly tip = element('div');
  private from: { x: number; y: number } | null = null;
  private frame: SVGElement | null = null;

  constructor(
    private readonly box: HTMLElement,
    public message: TimesMessage,
    public send: TimesArguments['setTriggerValue'],
  ) {
    this.tip.className = 'tip';
    this.tip.hidden = true;
    new ResizeObserver(() => this.show(this.message)).observe(box);
    box.addEventListener('pointerdown', (event) => this.begin(event));
    box.addEventListener('pointermove', (event) => this.move(event));
    box.addEventListener('pointerup', (event) => this.end(event));
    box.addEventListener('pointercancel', () => this.clear());
    box.addEventListener('pointerleave', () => this.say('', 0, 0));
  }

  show(message: TimesMessage): void {
    const written = JSON.stringify(message);
    const width = this.box.clientWidth;
    if (width === 0 || (written === this.written && width === this.width)) return;
    Object.assign(this, { message, written, width });
    this.plot = {
      left: LEFT,
      top: TOP,
      width: width - LEFT - RIGHT,
      height: message.height - TOP - BOTTOM,
      columns: message.kind === 'clock' ? 24 : Math.max(message.counts.length, 1),
      rows: message.kind === 'clock' ? 7 : 1,
    };
    this.picture = draw('svg', {
      viewBox: `0 0 ${width} ${message.height}`,
      height: String(message.height),
      role: 'img',
      'aria-label': message.label,
    });
    this.picture.append(...(message.kind === 'clock' ? drawClock(message, this.plot) : drawBars(message, this.plot)));
    this.clear();
    this.box.classList.toggle('brushed', message.brushed);
    this.box.replaceChildren(this.picture, this.tip);
  }

  private begin(event: PointerEvent): void {
    if (!this.message.brushed || event.button !== 0) return;
    this.from = this.at(event);
    this.box.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  private move(event: PointerEvent): void {
    const at = this.at(event);
    if (this.from === null) return this.describe(at);
    this.say('', 0, 0);
    const span = findSpan(this.plot, this.from, at);
    const column = this.plot.width / this.plot.columns;
    const row = this.plot.height / this.plot.rows;
    this.frame ??= this.picture.appendChild(draw('rect', { class: 'brush' }));
    const shape = {
      x: this.plot.left + span.columns[0] * column,
      y: this.plot.top + span.rows[0] * row,
      width: (span.columns[1] - span.columns[0] + 1) * column,
      height: (span.rows[1] - span.rows[0] + 1) * row,
    };
    for (const [name, value] of Object.entries(shape)) this.frame.setAttribute(name, value.toFixed(1));
  }

  private end(event: PointerEvent): void {
    const { from } = this;
    const at = this.at(event);
    this.clear();
    if (from === null || Math.hypot(at.x - from.x, at.y - from.y) < DRAGGED) return;
    this.send('brushed', findSpan(this.plot, from, at));
  }

  private clear(): void {
    this.from = null;
    this.frame?.remove();
    this.frame = null;
  }

  private at(event: PointerEvent): { x: number; y: number } {
    const { left, top } = this.box.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** Say what lies under the pointer. */
  private describe(at: { x: number; y: number }): void {
    const { message, plot } = this;
    const inside =
      at.x >= plot.left && at.x < plot.left + plot.width && at.y >= plot.top && at.y < plot.top + plot.height;
    if (!inside) return this.say('', 0, 0);
    const { columns, rows } = findSpan(plot, at, at);
    if (message.kind === 'clock') {
      const hour = String(columns[0]).padStart(2, '0');
      this.say(`${message.days[rows[0]]} ${hour}:00: ${numbers.format(message.counts[rows[0]][columns[0]])} ${message.what}`, at.x, at.y);
    } else if (message.counts.length) {
      this.say(`From ${message.starts[columns[0]].name}: ${numbers.format(message.counts[columns[0]])} ${message.what}`, at.x, at.y);
    }
  }

  private say(words: string, x: number, y: number): void {
    this.tip.hidden = words === '';
    this.tip.textContent = words;
    this.tip.style.left = `${Math.max(0, Math.min(x + 10, this.width - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${Math.max(0, y - 26)}px`;
  }
}

/** The columns and rows between two points, those that lie outside taken to the edge. */
function findSpan(plot: Plot, from: { x: number; y: number }, to: { x: number; y: number }): Span {
  const column = (x: number) => clamp(Math.floor(((x - plot.left) / plot.width) * plot.columns), plot.columns);
  const row = (y: number) => clamp(Math.floor(((y - plot.top) / plot.height) * plot.rows), plot.rows);
  const columns = [column(from.x), column(to.x)].sort((a, b) => a - b) as [number, number];
  const rows = [row(from.y), row(to.y)].sort((a, b) => a - b) as [number, number];
  return { columns, rows };
}

function clamp(at: number, of: number): number {
  return Math.min(Math.max(at, 0), of - 1);
}

function drawClock({ counts, days, ramp }: Clock, plot: Plot): SVGElement[] {
  const top = Math.max(...counts.flat(), 1e-9);
  const [column, row] = [plot.width / 24, plot.height / 7];
  const marks: SVGElement[] = [];
  counts.forEach((of, day) => {
    const y = plot.top + day * row;
    marks.push(write(days[day].slice(0, 3), plot.left - 5, y + row / 2, 'end'));
    of.forEach((count, hour) =>
      marks.push(
        draw('rect', {
          x: (plot.left + hour * column).toFixed(1),
          y: y.toFixed(1),
          width: Math.max(column - 1, 1).toFixed(1),
          height: Math.max(row - 1, 1).toFixed(1),
          fill: colourOf(count / top, ramp),
        }),
      ),
    );
  });
  for (let hour = 0; hour < 24; hour += EVERY) {
    marks.push(write(String(hour).padStart(2, '0'), plot.left + (hour + 0.5) * column, plot.top + plot.height + 10, 'middle'));
  }
  return marks;
}

function drawBars({ counts, starts, shade }: Bars, plot: Plot): SVGElement[] {
  const top = Math.max(...counts, 1);
  const column = plot.width / plot.columns;
  const heightOf = (count: number) => (count / top) * plot.height;
  const marks: SVGElement[] = [];
  if (shade) {
    const [from, to] = shade.map((at) => plot.left + Math.min(Math.max(at, 0), plot.columns) * column);
    marks.push(rectangle('shade', from, plot.top, Math.max(to - from, 1), plot.height));
  }
  for (const count of [0, top]) {
    const y = (plot.top + plot.height - heightOf(count)).toFixed(1);
    marks.push(draw('line', { class: 'rule', x1: String(plot.left), x2: String(plot.left + plot.width), y1: y, y2: y }));
    marks.push(write(numbers.format(count), plot.left - 5, Number(y), 'end'));
  }
  counts.forEach((count, k) => {
    const height = heightOf(count);
    marks.push(rectangle('bar', plot.left + (k + 0.05) * column, plot.top + plot.height - height, column * 0.9, height));
  });
  let free = 0;
  starts.forEach(({ tick }, k) => {
    const [at, half] = [plot.left + (k + 0.5) * column, (tick.length * LETTER) / 2];
    if (tick === '' || at - half < free || at + half > plot.left + plot.width + RIGHT) return;
    free = at + half + LETTER;
    marks.push(write(tick, at, plot.top + plot.height + 10, 'middle'));
  });
  return marks;
}

function rectangle(kind: string, x: number, y: number, width: number, height: number): SVGElement {
  const shape = { x, y, width, height };
  return draw('rect', { class: kind, ...Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, value.toFixed(1)])) });
}

function write(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = draw('text', { x: x.toFixed(1), y: y.toFixed(1), 'text-anchor': anchor, 'dominant-baseline': 'central' });
  made.textContent = text;
  return made;
}

/** The colour of a share, 0 to 1, between those of a ramp. */
function colourOf(share: number, ramp: string[]): string {
  const at = share * (ramp.length - 1);
  const below = Math.min(Math.floor(at), ramp.length - 2);
  return `color-mix(in srgb, ${ramp[below + 1]} ${((at - below) * 100).toFixed(0)}%, ${ramp[below]})`;
}

const views = new WeakMap<Element, TimesView>();

export default function showTimes({ data, parentElement, setTriggerValue }: TimesArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.times')!;
  const view = views.get(box) ?? new TimesView(box, data, setTriggerValue);
  views.set(box, view);
  view.send = setTriggerValue;
  view.show(data);
}
