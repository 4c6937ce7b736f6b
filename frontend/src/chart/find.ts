/** What is at a place of the screen, and which node lies in a direction. */

import type { Painter } from './paint';
import { neighboursOf, type Scene, type SceneNode, type SceneTie } from './scene';
import type { Viewport } from './view';

const NEAR = 5; // pixels within which a tie is still meant
const ASIDE = 2.5; // how much worse a node beside the direction is than one straight ahead

export function nodeAt(scene: Scene, view: Viewport, x: number, y: number): SceneNode | null {
  let found: SceneNode | null = null;
  let nearest = Infinity;
  for (const node of scene.nodes) {
    const [nodeX, nodeY] = view.toScreen(node.x, node.y);
    const away = Math.hypot(nodeX - x, nodeY - y) - Math.max(view.radius * node.size * 1.15, 5);
    if (away <= 0 && away < nearest) [found, nearest] = [node, away];
  }
  return found;
}

export function tieAt(scene: Scene, painter: Painter, x: number, y: number): SceneTie | null {
  let found: SceneTie | null = null;
  let nearest = NEAR;
  for (const tie of scene.ties) {
    const ends = painter.placeTie(tie);
    if (ends === null) continue;
    const away = distance(x, y, ends);
    if (away < nearest) [found, nearest] = [tie, away];
  }
  return found;
}

/** The neighbour that lies best in a direction; where none does, the nearest of all nodes there. */
export function nodeTowards(scene: Scene, from: SceneNode, right: number, down: number): SceneNode | null {
  return best(neighboursOf(from), from, right, down) ?? best(scene.nodes, from, right, down);
}

function best(nodes: SceneNode[], from: SceneNode, right: number, down: number): SceneNode | null {
  let found: SceneNode | null = null;
  let least = Infinity;
  for (const node of nodes) {
    const [x, y] = [node.x - from.x, node.y - from.y];
    const ahead = x * right + y * down;
    const aside = Math.abs(x * down) + Math.abs(y * right);
    if (node === from || ahead <= 0 || aside > 1.8 * ahead) continue;
    const cost = ahead + ASIDE * aside;
    if (cost < least) [found, least] = [node, cost];
  }
  return found;
}

function distance(x: number, y: number, [x1, y1, x2, y2]: [number, number, number, number]): number {
  const [right, down] = [x2 - x1, y2 - y1];
  const share = ((x - x1) * right + (y - y1) * down) / (right ** 2 + down ** 2 || 1);
  const at = Math.min(Math.max(share, 0), 1);
  return Math.hypot(x - x1 - at * right, y - y1 - at * down);
}
