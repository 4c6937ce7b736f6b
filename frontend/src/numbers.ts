import type { Map as MapLibreMap } from 'maplibre-gl';
import { element } from './legend';

const SHOWN = 12;
const APART = 19; // pixels between two middles; of two that are nearer, the first of the list is shown

export interface NumberedPlace {
  id: string;
  number: number;
  place: [number, number];
}

/** The numbers of the page's list over the map, where each place lies. They are elements over the picture: another
 * list needs no other style. */
export class Numbers {
  private places: NumberedPlace[] = [];
  private written = '[]';
  private chosen: string | null = null;

  constructor(
    private readonly map: MapLibreMap,
    private readonly box: HTMLElement,
  ) {
    map.on('render', () => this.put()); // with the picture, not before it
  }

  /** The chosen one is shown whatever lies near it. */
  mark(chosen: string | null): void {
    this.chosen = chosen;
    this.put();
  }

  show(places: NumberedPlace[]): void {
    const first = places.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number).slice(0, SHOWN);
    const written = JSON.stringify(first);
    if (written === this.written) return;
    this.written = written;
    this.places = first;
    this.box.replaceChildren(...first.map(({ number }) => element('b', String(number))));
    this.put();
  }

  private put(): void {
    const shown: { x: number; y: number }[] = [];
    const marks = this.places.map((place, row) => ({ ...place, mark: this.box.children[row] as HTMLElement }));
    marks.sort((a, b) => Number(b.id === this.chosen) - Number(a.id === this.chosen));
    for (const { id, place, mark } of marks) {
      const at = this.map.project(place);
      mark.classList.toggle('chosen', id === this.chosen);
      mark.hidden = shown.some(({ x, y }) => Math.hypot(x - at.x, y - at.y) < APART);
      if (mark.hidden) continue;
      shown.push(at);
      mark.style.transform = `translate(${at.x}px, ${at.y}px) translate(-50%, -50%)`;
    }
  }
}
