/** A grid of tiles, darker the newer: what is known, at a glance. The other side is ui/components/tiles.py. */

import { element } from './legend';

interface Tile {
  /** What stands large in it. */
  mark: string;
  /** 0 (newest) to 3 (nothing). */
  age: number;
  /** All of it in words. */
  words: string;
}

interface TilesArguments {
  data: { label: string; corner: string; columns: string[]; rows: { name: string; tiles: Tile[] }[] };
  parentElement: HTMLElement | ShadowRoot;
}

export default function showTiles({ data, parentElement }: TilesArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.tiles')!;
  const written = JSON.stringify(data);
  if (box.dataset.drawn === written) return;
  box.dataset.drawn = written;
  box.setAttribute('aria-label', data.label);
  box.style.setProperty('--columns', String(data.columns.length));
  const head = line([data.corner, ...data.columns].map((name) => cell('columnheader', name)));
  const rows = data.rows.map(({ name, tiles }) => line([cell('rowheader', name), ...tiles.map(drawTile)]));
  box.replaceChildren(head, ...rows);
}

function drawTile({ mark, age, words }: Tile): HTMLElement {
  const tile = cell('cell', mark);
  tile.className = `tile age-${age}`;
  tile.title = words;
  tile.setAttribute('aria-label', words);
  return tile;
}

function line(cells: HTMLElement[]): HTMLElement {
  const row = element('div');
  row.className = 'row';
  row.setAttribute('role', 'row');
  row.append(...cells);
  return row;
}

function cell(role: string, text: string): HTMLElement {
  const made = element('span', text);
  made.setAttribute('role', role);
  return made;
}
