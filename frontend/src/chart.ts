/**
 * The chart of links: nodes and ties on a canvas, laid out by the server, without a graphics card.
 *
 * The picture before stays until the next one is painted. Nothing of the data is written as markup.
 */

import { element } from './legend';
import type { Emphasis } from './chart/emphasis';
import { nodeAt, nodeTowards, tieAt } from './chart/find';
import type { ChartArguments, ChartMessage } from './chart/message';
import { Painter } from './chart/paint';
import { GroupList, writeMarks } from './chart/panel';
import { readScene, type Scene, type SceneNode, type SceneTie } from './chart/scene';
import { Timeline } from './chart/timeline';
import { addTools } from './chart/tools';
import { Viewport } from './chart/view';
import { describeNode, describeTie } from './chart/words';

const FROM_POINTER = 14; // pixels
const NARROW = 720; // pixels of the chart, below which its legend would cover nodes and begins closed
const STILL = 4; // pixels a press may move and still be a click
const SECOND_CLICK = 260; // milliseconds in which a click may become a double click
const STEP = 1.35; // of the zoom, for a button or a key
const MOUNTED_AGAIN = 3000; // milliseconds within which a component that was taken away comes back
const DIRECTIONS: Record<string, [right: number, down: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Send = Pick<ChartArguments, 'setTriggerValue'>;

const charts = new Map<string, ChartView>();

class ChartView {
  private readonly view = new Viewport(() => this.paintSoon());
  private readonly painter: Painter;
  private readonly timeline: Timeline;
  private readonly groups: GroupList;
  private readonly stage: HTMLElement;
  private readonly resizing: ResizeObserver;
  private folded: Set<string>;
  private scene: Scene;
  private emphasis: Emphasis = { selected: null, tie: null, pointed: null, cursor: null, days: null };
  private movedByReader = false;
  private asked = 0;
  private clicked = 0;

  constructor(
    readonly box: HTMLElement,
    private message: ChartMessage,
    public send: Send,
  ) {
    this.stage = this.part('stage');
    this.folded = new Set(message.folded);
    this.scene = readScene(message, this.folded);
    this.painter = new Painter(box.querySelector('canvas')!, this.view);
    this.timeline = new Timeline(this.part('time'), () => this.choose({ days: this.timeline.days }));
    this.groups = new GroupList(this.part('groups'), (group) => this.toggle(group));
    addTools(this.part('tools'), box, {
      nearer: () => this.zoom(STEP),
      farther: () => this.zoom(1 / STEP),
      all: () => this.showAll(),
    });
    this.listen();
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(box);
    this.frame();
    this.resize();
  }

  show(message: ChartMessage): void {
    const before = this.message;
    this.message = message;
    if (before.dataKey !== message.dataKey) {
      if (before.folded.join() !== message.folded.join()) this.folded = new Set(message.folded);
      this.build();
    } else {
      this.select();
    }
    this.frame();
    if (before.dataKey !== message.dataKey && !this.movedByReader) this.view.fit(this.scene.nodes);
    if (before.selected !== message.selected && this.emphasis.selected) this.view.reveal(this.emphasis.selected);
    this.paintSoon();
  }

  close(): void {
    this.timeline.pause();
    this.view.stop();
    cancelAnimationFrame(this.asked);
    clearTimeout(this.clicked);
    this.resizing.disconnect();
  }

  private part(name: string): HTMLElement {
    return this.box.querySelector<HTMLElement>(`.${name}`)!;
  }

  /** What surrounds the picture. */
  private frame(): void {
    const { message, box, scene } = this;
    box.style.height = message.height === null ? '' : `${message.height}px`;
    box.classList.toggle('fills', message.height === null);
    box.setAttribute('aria-label', message.label);
    this.view.nodes = scene.nodes.length;
    this.stage.setAttribute('aria-label', `${message.label}: ${count(scene.nodes, 'node')}, ${count(scene.ties, 'tie')}`);
    this.timeline.show(scene.days);
    this.groups.show(message.groups, this.folded);
    writeMarks(this.part('marks'), message, scene);
    this.select();
    this.measureCovered();
  }

  /** What lies over the stage, so that the whole chart is shown beside it. */
  private measureCovered(): void {
    const [side, time] = [this.part('side'), this.part('time')];
    const narrow = side.offsetWidth > 0.3 * this.view.width;
    this.view.covered = {
      left: narrow ? 0 : side.offsetWidth,
      right: this.part('tools').offsetWidth / 2,
      bottom: time.hidden ? 0 : time.offsetHeight,
    };
  }

  /** Nodes and ties of the message, folded as the reader wants; what stood out does so still, where it is there. */
  private build(): void {
    const { cursor } = this.emphasis;
    this.scene = readScene(this.message, this.folded);
    this.emphasis = { ...this.emphasis, pointed: null, cursor: cursor && (this.scene.byId.get(cursor.id) ?? null) };
    this.select();
  }

  private select(): void {
    const { selected, selectedTie } = this.message;
    this.emphasis.selected = this.scene.byId.get(selected ?? '') ?? null;
    this.emphasis.tie = this.scene.ties.find(({ index }) => index === selectedTie) ?? null;
  }

  private toggle(group: string): void {
    if (!this.folded.delete(group)) this.folded.add(group);
    this.build();
    this.frame();
    this.say(`${group} ${this.folded.has(group) ? 'folded' : 'unfolded'}`);
    this.paintSoon();
  }

  private choose(change: Partial<Emphasis>): void {
    Object.assign(this.emphasis, change);
    this.paintSoon();
  }

  private paintSoon(): void {
    cancelAnimationFrame(this.asked);
    this.asked = requestAnimationFrame(() => {
      this.painter.draw(this.scene, this.emphasis, this.message.statuses);
      this.box.dataset.painted = this.message.dataKey; // for tests and benchmarks: what the pixels show
      this.box.dataset.selected = this.emphasis.selected?.label ?? '';
      this.box.dataset.cursor = this.emphasis.cursor?.label ?? '';
    });
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.stage;
    if (clientWidth === 0 || clientHeight === 0) return;
    if (this.view.width === 1 && clientWidth < NARROW) this.part('legend').removeAttribute('open');
    Object.assign(this.view, { width: clientWidth, height: clientHeight });
    this.measureCovered();
    if (!this.movedByReader) this.view.fit(this.scene.nodes);
    this.paintSoon();
  }

  private zoom(factor: number, at?: [number, number]): void {
    this.movedByReader = true;
    this.view.zoom(factor, at, at === undefined);
  }

  private showAll(): void {
    this.movedByReader = false;
    this.view.fit(this.scene.nodes, true);
  }

  private listen(): void {
    const { stage, box } = this;
    stage.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    stage.addEventListener('pointerdown', (event) => this.press(event));
    stage.addEventListener('pointermove', (event) => this.point(event));
    stage.addEventListener('pointerleave', () => this.pointAt(null));
    stage.addEventListener('dblclick', (event) => this.openAt(event));
    stage.addEventListener('keydown', (event) => this.key(event));
    stage.addEventListener('focus', () => this.enter());
    stage.addEventListener('blur', () => this.choose({ cursor: null }));
    box.addEventListener('transitionend', (event) => {
      if (event.target !== box || event.propertyName !== 'color') return;
      this.painter.recolour();
      this.paintSoon();
    });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), this.placeOf(event));
  }

  /** A press that moves drags the chart, one that does not is a click. */
  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { stage } = this;
    let [x, y] = [event.clientX, event.clientY];
    let far = 0;
    const move = (moved: PointerEvent) => {
      const [right, down] = [moved.clientX - x, moved.clientY - y];
      far += Math.hypot(right, down);
      if (far <= STILL) return;
      [x, y] = [moved.clientX, moved.clientY];
      this.movedByReader = true;
      this.view.pan(right, down);
    };
    const end = (ended: PointerEvent) => {
      stage.removeEventListener('pointermove', move);
      if (far <= STILL && ended.type === 'pointerup') this.click(this.placeOf(ended));
    };
    stage.setPointerCapture(event.pointerId);
    stage.addEventListener('pointermove', move);
    stage.addEventListener('pointerup', end, { once: true });
    stage.addEventListener('pointercancel', end, { once: true });
  }

  private click([x, y]: [number, number]): void {
    const node = nodeAt(this.scene, this.view, x, y);
    if (node) this.pick(node, SECOND_CLICK);
    else this.pickTie(tieAt(this.scene, this.painter, x, y));
  }

  /** Mark a node at once; the server learns of it when no second click follows. */
  private pick(node: SceneNode, wait = 0): void {
    clearTimeout(this.clicked);
    this.choose({ selected: node, tie: null });
    this.say(this.describe(node).join('. '));
    if (node.members > 0) return;
    this.message = { ...this.message, selected: node.id, selectedTie: null };
    this.clicked = window.setTimeout(() => this.send.setTriggerValue('picked', node.id), wait);
  }

  private pickTie(tie: SceneTie | null): void {
    if (tie === null || tie.index < 0) return;
    this.choose({ tie });
    this.say(describeTie(tie).join('. '));
    this.message = { ...this.message, selectedTie: tie.index };
    this.send.setTriggerValue('tie', [tie.one.id, tie.other.id, tie.kind]);
  }

  private openAt(event: MouseEvent): void {
    const node = nodeAt(this.scene, this.view, ...this.placeOf(event));
    if (node) this.open(node);
  }

  /** Unfold a group, or ask for what else a node is linked to. */
  private open(node: SceneNode): void {
    clearTimeout(this.clicked);
    if (node.members > 0) return this.toggle(node.group);
    if (!this.message.expandable) return;
    this.say(`Expanding ${node.label}`);
    this.send.setTriggerValue('expanded', node.id);
  }

  private point(event: PointerEvent): void {
    if (event.buttons !== 0) return this.tell([], [0, 0]);
    const [x, y] = this.placeOf(event);
    this.pointAt(nodeAt(this.scene, this.view, x, y) ?? tieAt(this.scene, this.painter, x, y), [x, y]);
  }

  private pointAt(found: SceneNode | SceneTie | null, at: [number, number] = [0, 0]): void {
    this.stage.classList.toggle('pointing', found !== null);
    if (found !== this.emphasis.pointed) this.choose({ pointed: found });
    if (found === null) this.tell([], at);
    else this.tell('mark' in found ? this.describe(found) : describeTie(found), at);
  }

  private describe(node: SceneNode): string[] {
    return describeNode(node, this.message.statuses, this.emphasis.days);
  }

  /** Write beside the pointer, or nothing. */
  private tell(lines: string[], [x, y]: [number, number]): void {
    const tip = this.part('tip');
    tip.hidden = lines.length === 0;
    tip.replaceChildren(...lines.map((line, k) => bold(line, k === 0)));
    const right = x + FROM_POINTER + tip.offsetWidth > this.box.clientWidth;
    const low = y + FROM_POINTER + tip.offsetHeight > this.box.clientHeight;
    tip.style.left = `${Math.max(right ? x - FROM_POINTER - tip.offsetWidth : x + FROM_POINTER, 0)}px`;
    tip.style.top = `${Math.max(low ? y - FROM_POINTER - tip.offsetHeight : y + FROM_POINTER, 0)}px`;
  }

  /** Tell a screen reader. */
  private say(words: string): void {
    this.part('news').textContent = words;
  }

  /** Where the keyboard begins: at what is selected, else at the largest node. */
  private enter(): void {
    if (!this.stage.matches(':focus-visible')) return;
    const { nodes } = this.scene;
    const largest = nodes.reduce<SceneNode | null>((best, node) => (best && best.size >= node.size ? best : node), null);
    this.goTo(this.emphasis.cursor ?? this.emphasis.selected ?? largest);
  }

  private goTo(node: SceneNode | null): void {
    if (node === null) return;
    this.choose({ cursor: node });
    this.view.reveal(node);
    this.say(this.describe(node).join('. '));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { cursor, selected } = this.emphasis;
    const node = cursor ?? selected;
    const direction = DIRECTIONS[event.key];
    if (direction && node === null) this.enter();
    else if (direction) this.goTo(nodeTowards(this.scene, node!, ...direction) ?? node);
    else if (event.key === 'Enter' && node?.members) this.open(node);
    else if (event.key === 'Enter' && node) this.pick(node);
    else if (event.key === 'e' && node) this.open(node);
    else if (event.key === '+' || event.key === '=') this.zoom(STEP);
    else if (event.key === '-') this.zoom(1 / STEP);
    else if (event.key === '0') this.showAll();
    else if (event.key === 'Escape' && (this.timeline.pause() || cursor)) this.choose({ cursor: null, pointed: null });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private placeOf(event: MouseEvent): [number, number] {
    const { left, top } = this.stage.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
}

function bold(line: string, strong: boolean): HTMLElement {
  const made = element('div');
  made.append(element(strong ? 'b' : 'span', line));
  return made;
}

function count(things: unknown[], name: string): string {
  return `${things.length.toLocaleString('en-GB')} ${name}${things.length === 1 ? '' : 's'}`;
}

export default function showChart({ data, key, parentElement, setTriggerValue }: ChartArguments): () => void {
  const box = parentElement.querySelector<HTMLElement>('.chart')!;
  const send: Send = { setTriggerValue };
  let chart = charts.get(key);
  if (chart === undefined) {
    chart = new ChartView(box, data, send);
    charts.set(key, chart);
  } else {
    // Streamlit mounts a component again where elements before it come or go: the chart moves there as it is.
    if (chart.box !== box) box.replaceWith(chart.box);
    chart.send = send;
    chart.show(data);
  }
  const shown = chart;
  return () => {
    setTimeout(() => {
      if (shown.box.isConnected || charts.get(key) !== shown) return;
      shown.close();
      charts.delete(key);
    }, MOUNTED_AGAIN);
  };
}
