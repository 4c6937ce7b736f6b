/** The outlines and glyphs of nodes. */

const GLYPH = 24; // the grid of a glyph
const TURNS: Record<string, [corners: number, turn: number, grown: number]> = {
  square: [4, Math.PI / 4, 1.25],
  diamond: [4, 0, 1.28],
  pentagon: [5, -Math.PI / 2, 1.18],
  hexagon: [6, 0, 1.12],
};

export class Shapes {
  private readonly glyphs = new Map<string, Path2D>();

  /** Add the outline of a shape to the path that is being drawn. All shapes of one radius cover about as much. */
  add(path: CanvasRenderingContext2D, shape: string, x: number, y: number, radius: number): void {
    const corners = TURNS[shape];
    if (corners === undefined) {
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    const [count, turn, grown] = corners;
    for (let k = 0; k < count; k++) {
      const angle = turn + (2 * Math.PI * k) / count;
      const corner: [number, number] = [x + radius * grown * Math.cos(angle), y + radius * grown * Math.sin(angle)];
      if (k === 0) path.moveTo(...corner);
      else path.lineTo(...corner);
    }
    path.closePath();
  }

  /** Stroke a glyph in the pen's colour in a node of that radius. */
  drawGlyph(pen: CanvasRenderingContext2D, glyph: string, x: number, y: number, radius: number): void {
    let path = this.glyphs.get(glyph);
    if (path === undefined) this.glyphs.set(glyph, (path = new Path2D(glyph)));
    const scale = (1.5 * radius) / GLYPH;
    pen.save();
    pen.translate(x - (scale * GLYPH) / 2, y - (scale * GLYPH) / 2);
    pen.scale(scale, scale);
    pen.lineWidth = 1.8;
    pen.lineCap = pen.lineJoin = 'round';
    pen.stroke(path);
    pen.restore();
  }
}
