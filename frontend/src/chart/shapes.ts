/** The outlines and glyphs of nodes. A node with a glyph is drawn once and then copied: hundreds of them are drawn
 * twice as quickly so, without a graphics card. */

import type { NodeMark } from './message';

const GLYPH = 24; // the grid of a glyph
const LARGEST = 1.3; // how far a shape of radius 1 reaches
const MOST_STAMPS = 400;
const TURNS: Record<string, [corners: number, turn: number, grown: number]> = {
  square: [4, Math.PI / 4, 1.25],
  diamond: [4, 0, 1.28],
  pentagon: [5, -Math.PI / 2, 1.18],
  hexagon: [6, 0, 1.12],
};

export interface NodeColours {
  fill: string;
  edge: string;
  glyph: string;
}

export class Shapes {
  private readonly glyphs = new Map<string, Path2D>();
  private readonly stamps = new Map<string, HTMLCanvasElement>();

  /** Forget what was drawn in other colours. */
  clear(): void {
    this.stamps.clear();
  }

  /** Add the outline of a shape to the path that is being drawn. All shapes of one radius cover about as much. */
  add(pen: CanvasRenderingContext2D, shape: string, x: number, y: number, radius: number): void {
    const corners = TURNS[shape];
    if (corners === undefined) {
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    const [count, turn, grown] = corners;
    for (let k = 0; k < count; k++) {
      const angle = turn + (2 * Math.PI * k) / count;
      const corner: [number, number] = [x + radius * grown * Math.cos(angle), y + radius * grown * Math.sin(angle)];
      if (k === 0) pen.moveTo(...corner);
      else pen.lineTo(...corner);
    }
    pen.closePath();
  }

  /** Put a node with its glyph at a place; its radius in whole pixels. */
  stamp(pen: CanvasRenderingContext2D, mark: NodeMark, x: number, y: number, radius: number, colours: NodeColours): void {
    const whole = Math.round(radius);
    const dots = devicePixelRatio;
    const key = `${mark.code} ${whole} ${dots}`;
    let stamp = this.stamps.get(key);
    if (stamp === undefined) {
      if (this.stamps.size > MOST_STAMPS) this.stamps.clear();
      this.stamps.set(key, (stamp = this.draw(mark, whole, dots, colours)));
    }
    const side = stamp.width / dots;
    pen.drawImage(stamp, Math.round((x - side / 2) * dots) / dots, Math.round((y - side / 2) * dots) / dots, side, side);
  }

  private draw(mark: NodeMark, radius: number, dots: number, colours: NodeColours): HTMLCanvasElement {
    const stamp = document.createElement('canvas');
    stamp.width = stamp.height = Math.ceil(2 * (radius * LARGEST + 1) * dots);
    const pen = stamp.getContext('2d')!;
    pen.scale(dots, dots);
    const middle = stamp.width / dots / 2;
    pen.fillStyle = colours.fill;
    pen.strokeStyle = colours.edge;
    this.add(pen, mark.shape, middle, middle, radius);
    pen.fill();
    pen.stroke();
    const scale = (1.5 * radius) / GLYPH;
    pen.translate(middle - (scale * GLYPH) / 2, middle - (scale * GLYPH) / 2);
    pen.scale(scale, scale);
    pen.lineWidth = 1.8;
    pen.lineCap = pen.lineJoin = 'round';
    pen.strokeStyle = colours.glyph;
    pen.stroke(this.glyphOf(mark));
    return stamp;
  }

  private glyphOf({ glyph }: NodeMark): Path2D {
    let path = this.glyphs.get(glyph);
    if (path === undefined) this.glyphs.set(glyph, (path = new Path2D(glyph)));
    return path;
  }
}
