import type { Map as MapLibreMap } from 'maplibre-gl';

type Corner = { x: number; y: number };
type Shape = 'box' | 'lasso';

const FEWEST_PIXELS = 6; // a smaller drag is a click that slipped
const BETWEEN = 4; // pixels between two corners of a lasso

let masks = 0;

/** Lets an area be drawn over a map, as a box or by hand; `onDrawn` is given its corners (degrees). What lies outside
 * is veiled at once, until `unveil`: what is inside is seen before the server has counted it. */
export class Drawing {
  private shape: Shape | null = null;
  private corners: Corner[] = [];
  private readonly outline = picture('polygon', { class: 'outline' });
  private readonly hole = picture('polygon', { fill: 'black' });
  private readonly veil: SVGRectElement;
  private readonly buttons = new Map<Shape, HTMLButtonElement>();

  constructor(
    private readonly map: MapLibreMap,
    sheet: SVGSVGElement,
    tools: HTMLElement,
    private readonly onDrawn: (corners: [number, number][]) => void,
  ) {
    const mask = picture('mask', { id: `outside-${(masks += 1)}`, maskUnits: 'userSpaceOnUse', x: '0', y: '0', ...WHOLE });
    mask.append(picture('rect', { ...WHOLE, fill: 'white' }), this.hole);
    this.veil = picture('rect', { ...WHOLE, class: 'veil', mask: `url(#${mask.id})`, visibility: 'hidden' });
    sheet.append(mask, this.veil, this.outline);
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
    map.on('movestart', () => this.unveil());
  }

  /** Show again what lies outside the area drawn last. */
  unveil(): void {
    this.veil.setAttribute('visibility', 'hidden');
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
    this.hole.setAttribute('points', write(corners));
    this.veil.setAttribute('visibility', 'visible');
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
    this.outline.setAttribute('points', write(this.corners));
  }
}

const WHOLE = { width: '100%', height: '100%' };

function write(corners: Corner[]): string {
  return corners.map(({ x, y }) => `${x},${y}`).join(' ');
}

function picture<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

/** A small picture of a shape, drawn with lines. */
function icon(shape: Shape): SVGSVGElement {
  const sign = picture('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' });
  const d = shape === 'box' ? 'M2 3h12v10H2z' : 'M8 2C3 2 1 5 2 8s6 2 7 4-4 2-4 0 9-1 9-5-3-5-6-5z';
  sign.append(picture('path', { d }));
  return sign;
}
