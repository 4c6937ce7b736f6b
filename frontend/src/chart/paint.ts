/** Draws a scene on a canvas. All text is drawn as text. */

import { isLit, litNodes, type Colours, type Emphasis } from './emphasis';
import { drawLabels } from './labels';
import type { Scene, SceneNode, SceneTie } from './scene';
import { Shapes } from './shapes';
import type { StatusMark } from './message';
import type { Viewport } from './view';

const WEAK = 50; // per cent, below which a tie is dashed
const DASH = [5, 4];
const FADED = 0.06; // the opacity of what lies outside the chosen time
const MANY = 500; // ties on screen, from which none is wide
const HAIRLINE = 0.9; // pixels
const USUAL_WIDTH = 1.6; // pixels; where none is wide, wider ones are darker
const LANE = 5; // pixels between two ties of one pair
const GLYPH_FROM = 5; // pixels of radius, below which a node is drawn without its glyph
const SHAPE_FROM = 3; // pixels of radius, below which every node is a dot

export class Painter {
  private readonly pen: CanvasRenderingContext2D;
  private readonly shapes = new Shapes();
  private colours: Colours;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly view: Viewport,
  ) {
    this.pen = canvas.getContext('2d', { alpha: true })!;
    this.colours = this.readColours();
  }

  /** Take the colours of the page's appearance. */
  recolour(): void {
    this.colours = this.readColours();
    this.shapes.clear();
  }

  draw(scene: Scene, emphasis: Emphasis, statuses: StatusMark[]): void {
    const { pen, view } = this;
    const dots = devicePixelRatio;
    const [width, height] = [Math.round(view.width * dots), Math.round(view.height * dots)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
    }
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    const lit = litNodes(scene, emphasis);
    this.drawTies(scene, emphasis);
    this.drawNodes(scene, lit);
    this.drawRings(scene, emphasis, statuses);
    drawLabels(pen, scene, view, this.colours, emphasis, lit);
  }

  private readColours(): Colours {
    const style = getComputedStyle(this.canvas);
    const read = (name: string) => style.getPropertyValue(`--st-${name}`).trim();
    return {
      text: read('text-color') || style.color,
      background: read('background-color') || 'Canvas',
      border: read('border-color') || 'GrayText',
      accent: read('primary-color') || style.color,
      font: style.fontFamily,
    };
  }

  /** Without a graphics card a path of many lines is quick where they are hairlines and slow where they are
   * wide: wide lines are drawn one by one, and none is wide where there are very many. */
  private drawTies(scene: Scene, emphasis: Emphasis): void {
    const looks = new Map<string, TieLook>();
    for (const tie of scene.ties) {
      const ends = this.placeTie(tie);
      if (ends === null) continue;
      const look = lookOf(tie, toneOf(tie, emphasis));
      const key = `${look.tone} ${look.width} ${look.dashed}`;
      const same = looks.get(key);
      if (same) same.lines.push(ends);
      else looks.set(key, { ...look, lines: [ends] });
    }
    const plain = [...looks.values()].filter(({ tone }) => tone === 'plain');
    const many = plain.reduce((sum, { lines }) => sum + lines.length, 0) > MANY;
    for (const look of [...looks.values()].sort((one, other) => TONES.indexOf(one.tone) - TONES.indexOf(other.tone))) {
      this.drawLook(look, many);
    }
    this.pen.setLineDash([]);
    this.pen.globalAlpha = 1;
  }

  private drawLook({ tone, width, dashed, lines }: TieLook, many: boolean): void {
    const { pen, colours } = this;
    const fine = tone === 'faded' || lines.length > MANY || (many && tone === 'plain');
    const opacity = { faded: FADED, plain: many ? 0.3 : 0.45, strong: 0.95, picked: 1 }[tone];
    if (tone === 'picked') this.drawHalo(lines, width);
    pen.strokeStyle = tone === 'strong' || tone === 'picked' ? colours.accent : colours.text;
    pen.globalAlpha = fine && tone !== 'faded' ? Math.min(1, (opacity * width) / USUAL_WIDTH) : opacity;
    pen.lineWidth = fine ? HAIRLINE : width;
    pen.setLineDash(dashed ? DASH : []);
    if (fine) pen.beginPath();
    for (const [x1, y1, x2, y2] of lines) {
      if (!fine) pen.beginPath();
      pen.moveTo(x1, y1);
      pen.lineTo(x2, y2);
      if (!fine) pen.stroke();
    }
    if (fine) pen.stroke();
  }

  /** The picked tie stands out of the other ties of its node, which are as strong. */
  private drawHalo(lines: Line[], width: number): void {
    const { pen, colours } = this;
    for (const [colour, opacity, wider] of [
      [colours.background, 1, 13],
      [colours.accent, 0.3, 11],
    ] as const) {
      pen.strokeStyle = colour;
      pen.globalAlpha = opacity;
      pen.lineWidth = width + wider;
      pen.setLineDash([]);
      for (const [x1, y1, x2, y2] of lines) {
        pen.beginPath();
        pen.moveTo(x1, y1);
        pen.lineTo(x2, y2);
        pen.stroke();
      }
    }
  }

  /** The ends of a tie on screen, null where all of it is outside. */
  placeTie(tie: SceneTie): Line | null {
    const { view } = this;
    let [x1, y1] = view.toScreen(tie.one.x, tie.one.y);
    let [x2, y2] = view.toScreen(tie.other.x, tie.other.y);
    const { width, height } = view;
    if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0 || Math.min(x1, x2) > width || Math.min(y1, y2) > height) {
      return null;
    }
    if (tie.lane !== 0) {
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const aside = tie.lane * LANE * Math.min(1, 2 * view.scale);
      const [right, down] = [(-(y2 - y1) / length) * aside, ((x2 - x1) / length) * aside];
      [x1, y1, x2, y2] = [x1 + right, y1 + down, x2 + right, y2 + down];
    }
    return [x1, y1, x2, y2];
  }

  private drawNodes(scene: Scene, lit: ReadonlySet<SceneNode> | null): void {
    const { pen, view, colours, shapes } = this;
    const unit = view.radius;
    for (const node of scene.nodes) {
      const [x, y] = view.toScreen(node.x, node.y);
      const radius = unit * node.size;
      if (x < -radius || y < -radius || x > view.width + radius || y > view.height + radius) continue;
      pen.globalAlpha = lit !== null && !lit.has(node) ? 0.22 : 1;
      const fill = node.mark.colour || colours.text;
      if (radius >= GLYPH_FROM) {
        const glyph = node.mark.colour ? 'white' : colours.background;
        shapes.stamp(pen, node.mark, x, y, radius, { fill, edge: colours.background, glyph });
        continue;
      }
      pen.fillStyle = fill;
      pen.beginPath();
      shapes.add(pen, radius < SHAPE_FROM ? 'circle' : node.mark.shape, x, y, radius);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  private drawRings(scene: Scene, emphasis: Emphasis, statuses: StatusMark[]): void {
    const { pen, colours } = this;
    const fine = Math.min(this.view.radius / 8, 1); // thinner around small nodes
    for (const { code, colour } of statuses) {
      const path = new Path2D();
      for (const node of scene.nodes) if (node.status === code) this.ring(path, node, 3.5 * fine);
      pen.strokeStyle = colour;
      pen.lineWidth = (code === 'critical' ? 3.2 : 2) * fine;
      pen.setLineDash(code === 'protected' ? [2, 3] : []);
      pen.stroke(path);
      if (code !== 'hub') continue;
      const second = new Path2D();
      for (const node of scene.nodes) if (node.status === code) this.ring(second, node, 7 * fine);
      pen.lineWidth = 1.2 * fine;
      pen.stroke(second);
    }
    pen.setLineDash([]);
    this.drawRing(emphasis.selected, 5.5, 3, colours.accent);
    this.drawRing(emphasis.cursor, 8.5, 1.6, colours.text, [4, 3]);
    const { pointed } = emphasis;
    if (pointed && 'mark' in pointed && pointed !== emphasis.selected) {
      this.drawRing(pointed, 3.5, 1.6, colours.accent);
    }
  }

  private drawRing(node: SceneNode | null, away: number, width: number, colour: string, dash: number[] = []): void {
    if (node === null) return;
    const path = new Path2D();
    this.ring(path, node, away);
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width;
    this.pen.setLineDash(dash);
    this.pen.stroke(path);
    this.pen.setLineDash([]);
  }

  private ring(path: Path2D, node: SceneNode, away: number): void {
    const [x, y] = this.view.toScreen(node.x, node.y);
    const radius = this.view.radius * node.size + away;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

type Tone = 'faded' | 'plain' | 'strong' | 'picked';
type Line = [x1: number, y1: number, x2: number, y2: number];

/** Ties that are drawn alike. */
interface TieLook {
  tone: Tone;
  width: number;
  dashed: boolean;
  lines: Line[];
}

const TONES: Tone[] = ['faded', 'plain', 'strong', 'picked']; // what is drawn first lies below

const WIDER: Record<Tone, number> = { faded: 0, plain: 0, strong: 0.8, picked: 2.4 }; // pixels

function lookOf(tie: SceneTie, tone: Tone): Omit<TieLook, 'lines'> {
  return { tone, width: widthOf(tie) + WIDER[tone], dashed: tie.probability < WEAK };
}

function toneOf(tie: SceneTie, { selected, pointed, tie: chosen, cursor, days }: Emphasis): Tone {
  if (!isLit(tie, days)) return 'faded';
  if (tie === chosen) return 'picked';
  if (tie === pointed) return 'strong';
  const near = [tie.one, tie.other];
  return near.some((node) => node === selected || node === pointed || node === cursor) ? 'strong' : 'plain';
}

/** Wide for what is sure and often seen: 0.6 to 3.2 pixels, in steps, so that few strokes are needed. */
function widthOf({ probability, weight }: SceneTie): number {
  const often = Math.min(Math.log10(Math.max(weight, 1)), 2);
  return Math.round((0.6 + (0.9 * probability) / 100 + 0.85 * often) * 2.5) / 2.5;
}
