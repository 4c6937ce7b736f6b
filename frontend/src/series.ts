/**
 * Values over equal periods: lines, bars up and down, and a band, with what they are below the pointer. The other side
 * is ui/components/series.py.
 */

import { element } from './legend';
import { draw } from './spark';
import { Tip } from './tip';

interface Series {
  name: string;
  values: (number | null)[];
  /** Bars may be drawn downward; their values stay as they are. */
  form: 'line' | 'bars' | 'bars down';
  colour: string;
  /** As SVG takes it; '' for a whole line. */
  dashes: string;
}

interface SeriesMessage {
  label: string;
  height: number;
  /** What is measured. */
  unit: string;
  /** What each period begins with: its date in words, and what stands on the axis below it where there is room. */
  starts: { name: string; tick: string }[];
  series: Series[];
  band: { name: string; low: (number | null)[]; high: (number | null)[]; colour: string } | null;
  /** A line between two periods, in periods from the left edge. */
  mark: { at: number; name: string; colour: string } | null;
  /** One bar that stands out. */
  stressed: { at: number; colour: string } | null;
}

interface SeriesArguments {
  data: SeriesMessage;
  parentElement: HTMLElement | ShadowRoot;
}

/** Pixels, and the values at the foot and the head. */
interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  column: number;
  low: number;
  high: number;
}

const RIGHT = 6;
const TOP = 26; // what is measured is written there
const BOTTOM = 18;
const LETTER = 6.2; // pixels of the width of a letter, about
const STEPS = 4; // about so many rules
const DOTS = 60; // periods: above, the dots of a line would touch
const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 });

class SeriesView {
  private written = '';
  private width = 0;
  private plot: Plot = { left: 0, top: 0, width: 0, height: 0, column: 1, low: 0, high: 1 };
  private readonly tip: Tip;
  private readonly legend = element('div');
  private readonly ruler = draw('line', { class: 'ruler' });

  constructor(
    private readonly box: HTMLElement,
    public message: SeriesMessage,
  ) {
    this.tip = new Tip(box);
    this.legend.className = 'names';
    new ResizeObserver(() => this.show(this.message)).observe(box);
    box.addEventListener('pointermove', (event) => this.describe(event));
    box.addEventListener('pointerleave', () => this.ruler.setAttribute('visibility', 'hidden'));
  }

  show(message: SeriesMessage): void {
    const written = JSON.stringify(message);
    const width = this.box.clientWidth;
    if (width === 0 || (written === this.written && width === this.width)) return;
    Object.assign(this, { message, written, width });
    const rules = findRules(message);
    const left = Math.max(...rules.map((value) => numbers.format(Math.abs(value)).length)) * LETTER + 10;
    this.plot = {
      left,
      top: TOP,
      width: width - left - RIGHT,
      height: message.height - TOP - BOTTOM,
      column: (width - left - RIGHT) / Math.max(message.starts.length, 1),
      low: rules[0],
      high: rules[rules.length - 1],
    };
    const picture = draw('svg', {
      viewBox: `0 0 ${width} ${message.height}`,
      height: String(message.height),
      role: 'img',
      'aria-label': message.label,
    });
    picture.append(
      ...rules.flatMap((value) => drawRule(value, this.plot)),
      write(message.unit, 0, 8, 'start'),
      ...drawTicks(message, this.plot),
      ...drawBand(message, this.plot),
      ...message.series.flatMap((series) => drawSeries(series, message, this.plot)),
      ...drawMark(message, this.plot),
      this.ruler,
    );
    this.ruler.setAttribute('visibility', 'hidden');
    this.legend.replaceChildren(...nameAll(message));
    this.legend.hidden = this.legend.children.length === 0;
    this.tip.hide();
    this.box.replaceChildren(picture, this.legend, this.tip.node);
  }

  /** Say what all of it is in the period under the pointer. */
  private describe(event: PointerEvent): void {
    const { left, top } = this.box.getBoundingClientRect();
    const { plot, message } = this;
    const at = Math.floor((event.clientX - left - plot.left) / plot.column);
    const start = message.starts[at];
    const words = start && [start.name, ...readPeriod(message, at)];
    if (!words || event.clientY - top > message.height) {
      this.ruler.setAttribute('visibility', 'hidden');
      return this.tip.hide();
    }
    const x = (plot.left + (at + 0.5) * plot.column).toFixed(1);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: String(plot.top), y2: String(plot.top + plot.height) })) {
      this.ruler.setAttribute(name, value);
    }
    this.ruler.setAttribute('visibility', 'visible');
    this.tip.say(words.join('\n'), event.clientX - left, event.clientY - top);
  }
}

function readPeriod({ series, band, unit }: SeriesMessage, at: number): string[] {
  const lines = series.flatMap(({ name, values }) => (values[at] == null ? [] : [`${name || unit}: ${numbers.format(values[at])}`]));
  const [low, high] = [band?.low[at], band?.high[at]];
  if (band && low != null && high != null) lines.push(`${band.name}: ${numbers.format(low)} to ${numbers.format(high)}`);
  return lines;
}

/** Where the rules stand: round values from below the least to above the most, with nought among them. */
function findRules({ series, band }: SeriesMessage): number[] {
  const drawn = series.flatMap(({ values, form }) => values.map((value) => (value ?? 0) * (form === 'bars down' ? -1 : 1)));
  const all = [0, ...drawn, ...(band ? [...band.low, ...band.high].map((value) => value ?? 0) : [])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const step = roundStep((high - low || 1) / STEPS);
  const first = Math.floor(low / step);
  return Array.from({ length: Math.max(Math.ceil(high / step), 1) - first + 1 }, (_, k) => (first + k) * step);
}

/** The least of 1, 2 and 5 times a power of ten that is no less. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find((round) => round * power >= atLeast) ?? 10);
}

function heightAt(value: number, { top, height, low, high }: Plot): number {
  return top + height * (1 - (value - low) / (high - low));
}

function drawRule(value: number, plot: Plot): SVGElement[] {
  const y = heightAt(value, plot);
  const line = draw('line', { class: value === 0 ? 'rule nought' : 'rule', ...written({ x1: plot.left, x2: plot.left + plot.width, y1: y, y2: y }) });
  return [line, write(numbers.format(Math.abs(value)), plot.left - 5, y, 'end')];
}

function drawTicks({ starts }: SeriesMessage, plot: Plot): SVGElement[] {
  let free = 0;
  return starts.flatMap(({ tick }, k) => {
    const [at, half] = [plot.left + (k + 0.5) * plot.column, (tick.length * LETTER) / 2];
    if (tick === '' || at - half < free || at + half > plot.left + plot.width + RIGHT) return [];
    free = at + half + LETTER;
    return [write(tick, at, plot.top + plot.height + 11, 'middle')];
  });
}

function drawBand({ band }: SeriesMessage, plot: Plot): SVGElement[] {
  if (!band) return [];
  const along = (values: (number | null)[]) => values.flatMap((value, k) => (value == null ? [] : [pointAt(k, value, plot)]));
  const points = [...along(band.high), ...along(band.low).reverse()].join(' ');
  return [draw('polygon', { points, fill: band.colour })];
}

function drawSeries(series: Series, { stressed }: SeriesMessage, plot: Plot): SVGElement[] {
  if (series.form === 'line') return drawLine(series, plot);
  const sign = series.form === 'bars down' ? -1 : 1;
  return series.values.flatMap((value, k) => {
    if (!value) return [];
    const [nought, end] = [heightAt(0, plot), heightAt(sign * value, plot)];
    const stands = stressed?.at === k;
    const bar = draw('rect', {
      fill: stands ? stressed.colour : series.colour,
      ...written({ x: plot.left + (k + 0.08) * plot.column, y: Math.min(nought, end), width: plot.column * 0.84, height: Math.abs(nought - end) }),
    });
    return stands ? [bar, write('▾', plot.left + (k + 0.5) * plot.column, end - 6, 'middle')] : [bar];
  });
}

/** A line is broken where a value is missing. */
function drawLine({ values, colour, dashes }: Series, plot: Plot): SVGElement[] {
  const pieces: string[][] = [[]];
  values.forEach((value, k) => (value == null ? pieces.push([]) : pieces[pieces.length - 1].push(pointAt(k, value, plot))));
  const dash: Record<string, string> = dashes ? { 'stroke-dasharray': dashes } : {};
  const lines = pieces.filter((piece) => piece.length).map((piece) => draw('polyline', { class: 'line', points: piece.join(' '), stroke: colour, ...dash }));
  if (dashes || values.length > DOTS) return lines;
  const dots = pieces.flat().map((point) => {
    const [cx, cy] = point.split(',');
    return draw('circle', { cx, cy, r: '2.2', fill: colour });
  });
  return [...lines, ...dots];
}

function drawMark({ mark }: SeriesMessage, plot: Plot): SVGElement[] {
  if (!mark) return [];
  const x = plot.left + Math.min(Math.max(mark.at, 0), plot.width / plot.column) * plot.column;
  const half = (mark.name.length * LETTER) / 2;
  const name = write(mark.name, Math.min(x, plot.left + plot.width + RIGHT - half), TOP - 8, 'middle');
  name.setAttribute('style', `fill: ${mark.colour}`);
  return [draw('line', { class: 'mark', stroke: mark.colour, ...written({ x1: x, x2: x, y1: plot.top, y2: plot.top + plot.height }) }), name];
}

function pointAt(k: number, value: number, plot: Plot): string {
  return `${(plot.left + (k + 0.5) * plot.column).toFixed(1)},${heightAt(value, plot).toFixed(1)}`;
}

/** A legend, where there is more than one thing to tell apart. */
function nameAll({ series, band }: SeriesMessage): HTMLElement[] {
  const entries = [
    ...series.map(({ name, colour, form, dashes }) => ({ name, colour, kind: form === 'line' ? (dashes ? 'dashed' : 'line') : 'bar' })),
    ...(band ? [{ name: band.name, colour: band.colour, kind: 'bar' }] : []),
  ];
  if (entries.length < 2) return [];
  return entries.map(({ name, colour, kind }) => {
    const line = element('span');
    const swatch = element('i');
    swatch.className = kind;
    swatch.style.color = colour;
    line.append(swatch, element('b', name));
    return line;
  });
}

function write(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = draw('text', { ...written({ x, y }), 'text-anchor': anchor, 'dominant-baseline': 'central' });
  made.textContent = text;
  return made;
}

function written(values: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.toFixed(1)]));
}

const views = new WeakMap<Element, SeriesView>();

export default function showSeries({ data, parentElement }: SeriesArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.series')!;
  const view = views.get(box) ?? new SeriesView(box, data);
  views.set(box, view);
  view.show(data);
}
