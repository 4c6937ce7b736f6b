/** The names of nodes, as many as have room, and those of the ties that are meant. */

import { isLit, meantNodes, type Colours, type Emphasis } from './emphasis';
import type { Scene, SceneNode, SceneTie } from './scene';
import type { Viewport } from './view';

const SIZE = 11.5; // pixels
const ROOM = 9000; // square pixels of the chart for each name
const LONGEST = 26; // letters
const TIES_NAMED = 14; // ties of the selected node, above which their names would cover the chart
const SHORTEST = 52; // pixels of a tie that bears its name

const LARGE = 4; // pixels of a node's radius, from which no name covers another node

const MEASURED = 5000; // widths of names that are remembered

type Box = [left: number, top: number, right: number, bottom: number];

export function drawLabels(
  pen: CanvasRenderingContext2D,
  scene: Scene,
  view: Viewport,
  colours: Colours,
  emphasis: Emphasis,
  lit: ReadonlySet<SceneNode> | null,
): void {
  pen.font = `${SIZE}px ${colours.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const taken = new Boxes();
  if (view.radius >= LARGE) coverNodes(taken, scene, view);
  const draw = (text: string, x: number, y: number, always: boolean): boolean => {
    const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
    const half = measure(pen, short) / 2 + 3;
    const box: Box = [x - half, y - SIZE / 2 - 2, x + half, y + SIZE / 2 + 2];
    if (!taken.take(box, always)) return false;
    pen.fillStyle = colours.background; // opaque, or the tie is read through its label
    pen.fillRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
    pen.fillStyle = colours.text;
    pen.fillText(short, x, y);
    return true;
  };
  const under = (node: SceneNode): [number, number] => {
    const [x, y] = view.toScreen(node.x, node.y);
    return [x, y + view.radius * node.size * 1.2 + SIZE / 2 + 4];
  };
  const meant = meantNodes(emphasis);
  const [first, ...neighbours] = meant;
  if (first) draw(first.label, ...under(first), true);
  for (const tie of tiesNamed(emphasis)) {
    const from = view.toScreen(tie.one.x, tie.one.y);
    const to = view.toScreen(tie.other.x, tie.other.y);
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < SHORTEST) continue;
    draw(tie.label, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2 + tie.lane * 13, false);
  }
  for (const node of neighbours) if (view.shows(node)) draw(node.label, ...under(node), false);
  let room = Math.floor(((view.width * view.height) / ROOM) * Math.min(view.radius / 6, 1));
  for (const node of bySize(scene)) {
    if (room <= 0) break;
    if (!view.shows(node) || meant.includes(node) || (lit !== null && !lit.has(node))) continue;
    if (draw(node.label, ...under(node), false)) room -= 1;
  }
}

const widths = new Map<string, number>();

function measure(pen: CanvasRenderingContext2D, text: string): number {
  const key = `${pen.font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > MEASURED) widths.clear();
    widths.set(key, (width = pen.measureText(text).width));
  }
  return width;
}

function coverNodes(taken: Boxes, scene: Scene, view: Viewport): void {
  for (const node of scene.nodes) {
    if (!view.shows(node)) continue;
    const [x, y] = view.toScreen(node.x, node.y);
    const half = view.radius * node.size * 0.9;
    taken.take([x - half, y - half, x + half, y + half], true);
  }
}

function tiesNamed({ selected, tie, pointed, days }: Emphasis): SceneTie[] {
  const own = selected === null || selected.ties.length > TIES_NAMED ? [] : selected.ties;
  const meant = [tie, pointed && 'one' in pointed ? pointed : null].filter((found) => found !== null);
  return [...new Set([...meant, ...own])].filter((found) => isLit(found, days));
}

const sorted = new WeakMap<Scene, SceneNode[]>();

function bySize(scene: Scene): SceneNode[] {
  let nodes = sorted.get(scene);
  if (nodes === undefined) {
    const weight = ({ status, size, members }: SceneNode) => size + (status ? 3 : 0) + (members ? 6 : 0);
    sorted.set(scene, (nodes = [...scene.nodes].sort((a, b) => weight(b) - weight(a))));
  }
  return nodes;
}

/** What of the screen has a name on it, by squares, so that a new one is compared with few. */
class Boxes {
  private readonly squares = new Map<number, Box[]>();

  take(box: Box, always: boolean): boolean {
    const keys = this.keysOf(box);
    if (!always && keys.some((key) => this.squares.get(key)?.some((other) => overlap(box, other)))) return false;
    for (const key of keys) {
      const inSquare = this.squares.get(key);
      if (inSquare) inSquare.push(box);
      else this.squares.set(key, [box]);
    }
    return true;
  }

  private keysOf([left, top, right, bottom]: Box): number[] {
    const keys = [];
    for (let column = Math.floor(left / 80); column <= Math.floor(right / 80); column++) {
      for (let row = Math.floor(top / 40); row <= Math.floor(bottom / 40); row++) keys.push(column * 10_000 + row);
    }
    return keys;
  }
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
