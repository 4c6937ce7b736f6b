/**
 * Counts as dots on the bands of what was expected, each row on a scale of its own: the bands stand one below the
 * other, so that what lies outside shows. The other side is ui/components/bands.py.
 */

import { element } from './legend';

interface BandRow {
  name: string;
  count: number;
  low: number;
  high: number;
  /** 'more', 'fewer' or ''. */
  unusual: string;
  words: string;
}

interface BandsArguments {
  data: { rows: BandRow[]; label: string };
  parentElement: HTMLElement | ShadowRoot;
}

const BAND = { from: 34, to: 66 }; // per cent of the width
const EDGE = 2;
const numbers = new Intl.NumberFormat('en-GB');

export default function showBands({ data, parentElement }: BandsArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.bands')!;
  const written = JSON.stringify(data);
  if (box.dataset.drawn === written) return;
  box.dataset.drawn = written;
  box.setAttribute('aria-label', data.label);
  const head = cells(['Category', 'Against the 95 % band', 'Count', 'Verdict'], 'columnheader');
  head.className = 'head';
  box.replaceChildren(head, ...data.rows.map(drawRow));
}

function drawRow(row: BandRow): HTMLElement {
  const line = cells([row.name, '', numbers.format(row.count), row.words], 'cell');
  line.className = row.unusual ? 'row unusual' : 'row';
  const track = line.children[1] as HTMLElement;
  track.className = 'track';
  track.setAttribute('aria-label', `expected ${numbers.format(row.low)} to ${numbers.format(row.high)}`);
  track.title = `95 % of such periods have ${numbers.format(row.low)} to ${numbers.format(row.high)}`;
  const band = element('i');
  band.className = 'band';
  const dot = element('i');
  dot.className = 'dot';
  dot.style.left = `${place(row)}%`;
  track.append(band, dot);
  return line;
}

/** Where the count stands, so that the ends of its band stand where all bands end. */
function place({ count, low, high }: BandRow): number {
  const share = (count - low) / Math.max(high - low, 1);
  const at = BAND.from + share * (BAND.to - BAND.from);
  return Math.min(Math.max(at, EDGE), 100 - EDGE);
}

function cells(texts: string[], role: string): HTMLElement {
  const line = element('div');
  line.setAttribute('role', 'row');
  for (const text of texts) {
    const cell = element('span', text);
    cell.setAttribute('role', role);
    line.append(cell);
  }
  return line;
}
