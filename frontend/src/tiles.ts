/**
 * A grid of tiles, darker the newer: what is known, at a glance. Where tiles can be chosen, each is a button and the
 * chosen one is marked at once. The other side is ui/components/tiles.py.
 */

import { element } from './legend';

interface Tile {
  /** What stands large in it. */
  mark: string;
  /** 0 (newest) to 3 (nothing). */
  age: number;
  /** All of it in words. */
  words: string;
  /** A second line, or ''. */
  below: string;
  id: string;
}

interface TilesArguments {
  data: {
    label: string;
    corner: string;
    columns: string[];
    rows: { name: string; tiles: Tile[] }[];
    choosable: boolean;
    chosen: string | null;
  };
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'chosen', value: string): void;
}

const senders = new WeakMap<HTMLElement, TilesArguments['setTriggerValue']>();

export default function showTiles({ data, parentElement, setTriggerValue }: TilesArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.tiles')!;
  senders.set(box, setTriggerValue);
  const { chosen, ...drawn } = data;
  const written = JSON.stringify(drawn);
  if (box.dataset.drawn === written) return markTile(box, chosen);
  box.dataset.drawn = written;
  box.setAttribute('aria-label', data.label);
  box.style.setProperty('--columns', String(data.columns.length));
  const head = line([data.corner, ...data.columns].map((name) => cell('columnheader', name)));
  const choose = (id: string) => {
    markTile(box, id);
    senders.get(box)!('chosen', id);
  };
  const rows = data.rows.map(({ name, tiles }) => {
    const drawn = tiles.map((tile) => (data.choosable ? drawChoice(tile, choose) : drawTile(tile)));
    return line([cell('rowheader', name), ...drawn]);
  });
  box.replaceChildren(head, ...rows);
  markTile(box, chosen);
}

function markTile(box: HTMLElement, id: string | null): void {
  for (const button of box.querySelectorAll<HTMLElement>('button.tile')) {
    button.setAttribute('aria-pressed', String(button.dataset.id === id));
  }
}

function drawTile(tile: Tile): HTMLElement {
  return fill(cell('cell', tile.mark), tile);
}

function drawChoice(tile: Tile, choose: (id: string) => void): HTMLElement {
  const button = fill(element('button', tile.mark), tile);
  button.dataset.id = tile.id;
  button.addEventListener('click', () => choose(tile.id));
  const made = cell('cell', '');
  made.append(button);
  return made;
}

function fill(tile: HTMLElement, { age, words, below }: Tile): HTMLElement {
  tile.className = `tile age-${age}`;
  tile.title = words;
  tile.setAttribute('aria-label', words);
  if (below) tile.append(element('small', below));
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
