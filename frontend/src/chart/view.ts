/** Which part of the chart is on screen, and where on the screen a place of the chart is. */

import type { SceneNode } from './scene';

const MARGIN = 40; // pixels around the whole chart
const SCALES: [number, number] = [0.03, 6];
const MOVE = 220; // milliseconds
const SMALL = 400; // nodes

export class Viewport {
  x = 0;
  y = 0;
  scale = 1;
  width = 1;
  height = 1;
  /** What lies over the chart at its left, right and bottom, in pixels. */
  covered = { left: 0, right: 0, bottom: 0 };
  /** How many nodes there are. */
  nodes = 0;
  private moving = 0;

  constructor(private readonly changed: () => void) {}

  toScreen(x: number, y: number): [number, number] {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  toChart(x: number, y: number): [number, number] {
    return [(x - this.width / 2) / this.scale + this.x, (y - this.height / 2) / this.scale + this.y];
  }

  /** How large a node of size 1 is, in pixels: nodes grow more slowly than the ties between them, those of a
   * small chart most slowly. */
  get radius(): number {
    return 11 * Math.min(Math.max(this.scale, 0.04) ** (this.nodes < SMALL ? 0.5 : 0.7), 1.7);
  }

  shows(node: SceneNode, margin = 0): boolean {
    const [x, y] = this.toScreen(node.x, node.y);
    return x >= margin && y >= margin && x <= this.width - margin && y <= this.height - margin;
  }

  /** Show all of the nodes, small charts no larger than drawn. */
  fit(nodes: SceneNode[], gently = false): void {
    if (nodes.length === 0) return;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { x, y } of nodes) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
    const { covered } = this;
    const across = (this.width - covered.left - covered.right - 2 * MARGIN) / Math.max(right - left, 1);
    const down = (this.height - covered.bottom - 2 * MARGIN) / Math.max(bottom - top, 1);
    const scale = Math.min(Math.max(Math.min(across, down), SCALES[0]), 1.4);
    const x = (left + right) / 2 - (covered.left - covered.right) / 2 / scale;
    this.go(x, (top + bottom) / 2 + covered.bottom / 2 / scale, scale, gently);
  }

  /** Bring a node into sight, where it is not. */
  reveal(node: SceneNode): void {
    if (!this.shows(node, MARGIN)) this.go(node.x, node.y, Math.max(this.scale, 0.5), true);
  }

  zoom(factor: number, at: [number, number] = [this.width / 2, this.height / 2], gently = false): void {
    const scale = Math.min(Math.max(this.scale * factor, SCALES[0]), SCALES[1]);
    const [x, y] = this.toChart(...at);
    const grown = this.scale / scale;
    this.go(x + (this.x - x) * grown, y + (this.y - y) * grown, scale, gently);
  }

  pan(right: number, down: number): void {
    this.go(this.x - right / this.scale, this.y - down / this.scale, this.scale);
  }

  stop(): void {
    cancelAnimationFrame(this.moving);
  }

  private go(x: number, y: number, scale: number, gently = false): void {
    this.stop();
    if (!gently || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      Object.assign(this, { x, y, scale });
      this.changed();
      return;
    }
    const from = { x: this.x, y: this.y, scale: this.scale };
    const begun = performance.now();
    const step = (now: number) => {
      const share = Math.min((now - begun) / MOVE, 1);
      const eased = 1 - (1 - share) ** 3;
      this.scale = from.scale * (scale / from.scale) ** eased;
      this.x = from.x + (x - from.x) * eased;
      this.y = from.y + (y - from.y) * eased;
      this.changed();
      if (share < 1) this.moving = requestAnimationFrame(step);
    };
    this.moving = requestAnimationFrame(step);
  }
}
