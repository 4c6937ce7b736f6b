import type { Map as MapLibreMap } from 'maplibre-gl';

type Corner = { x: number; y: number };
type Shape = 'box' | 'lasso';

const FEWEST_PIXELS = 6; // a smaller drag is a click that slipped
const BETWEEN = 4; // pixels between two corners of a lasso

/** Lets an area be drawn over a map, as a box or by hand; `onDrawn` is given its corners (degrees). */
export class Drawing {
  private shape: Shape | null = null;
  private corners: Corner[] = [];
  private readonly outline: SVGPolygonElement;
  private readonly buttons = new Map<Shape, HTMLButtonElement>();

  constructor(
    private readonly map: MapLibreMap,
    sheet: SVGSVGElement,
    tools: HTMLElement,
    private readonly onDrawn: (corners: [number, number][]) => void,
  ) {
    this.outline = document.createElementNS('http://www.w3.org/2000/svg', 'polygon');
    sheet.append(this.outline);
    for (const [shape, name] of [['box', 'Draw a box'], ['lasso', 'Draw an area by hand']] as const) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = shape;
      button.title = name;
      button.append(icon(shape));
      button.setAttribute('aria-label', name);
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', () => this.take(this.shape === shape ? null : shape));
      this.buttons.set(shape, button);
      tools.append(button);
    }
    const canvas = map.getCanvasContainer();
    canvas.addEventListener('pointerdown', (event) => this.begin(event), { capture: true });
    canvas.addEventListener('pointermove', (event) => this.go(event), { capture: true });
    canvas.addEventListener('pointerup', (event) => this.end(event), { capture: true });
    canvas.addEventListener('keydown', (event) => event.key === 'Escape' && this.take(null));
  }

  /** Whether the next drag draws. */
  get active(): boolean {
    return this.shape !== null;
  }

  private take(shape: Shape | null): void {
    this.shape = shape;
    this.corners = [];
    this.show();
    for (const [name, button] of this.buttons) button.setAttribute('aria-pressed', String(name === shape));
    if (shape) this.map.dragPan.disable();
    else this.map.dragPan.enable();
    this.map.getCanvas().style.cursor = shape ? 'crosshair' : '';
  }

  private begin(event: PointerEvent): void {
    if (!this.shape) return;
    event.stopPropagation();
    this.map.getCanvasContainer().setPointerCapture(event.pointerId);
    this.corners = [this.at(event)];
  }

  private go(event: PointerEvent): void {
    if (!this.shape || !this.corners.length) return;
    event.stopPropagation();
    const here = this.at(event);
    const [first] = this.corners;
    const last = this.corners[this.corners.length - 1];
    if (this.shape === 'box') {
      this.corners = [first, { x: here.x, y: first.y }, here, { x: first.x, y: here.y }];
    } else if (Math.hypot(here.x - last.x, here.y - last.y) >= BETWEEN) {
      this.corners.push(here);
    }
    this.show();
  }

  private end(event: PointerEvent): void {
    if (!this.shape || !this.corners.length) return;
    event.stopPropagation();
    const corners = this.corners;
    this.take(null);
    const widths = corners.map((corner) => corner.x);
    const heights = corners.map((corner) => corner.y);
    const across = Math.max(...widths) - Math.min(...widths);
    const upwards = Math.max(...heights) - Math.min(...heights);
    if (corners.length < 3 || across < FEWEST_PIXELS || upwards < FEWEST_PIXELS) return;
    this.onDrawn(
      corners.map(({ x, y }) => {
        const place = this.map.unproject([x, y]);
        return [place.lng, place.lat];
      }),
    );
  }

  private at(event: PointerEvent): Corner {
    const box = this.map.getCanvasContainer().getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private show(): void {
    this.outline.setAttribute('points', this.corners.map(({ x, y }) => `${x},${y}`).join(' '));
  }
}

/** A small picture of a shape, drawn with lines. */
function icon(shape: Shape): SVGSVGElement {
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', shape === 'box' ? 'M2 3h12v10H2z' : 'M8 2C3 2 1 5 2 8s6 2 7 4-4 2-4 0 9-1 9-5-3-5-6-5z');
  picture.append(line);
  return picture;
}
