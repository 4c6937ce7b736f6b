/** The nodes and ties that a chart shows: those of the message, folded groups as one node each. */

import { readColumn } from '../column';
import type { ChartMessage, NodeMark } from './message';

export interface SceneNode {
  id: string;
  label: string;
  note: string;
  mark: NodeMark;
  x: number;
  y: number;
  size: number;
  /** The code of a status, '' for none. */
  status: string;
  group: string;
  /** How many nodes a folded group stands for; 0 for a node of its own. */
  members: number;
  ties: SceneTie[];
}

export interface SceneTie {
  /** Its number in the message, -1 where it stands for several of a folded group. */
  index: number;
  one: SceneNode;
  other: SceneNode;
  kind: string;
  label: string;
  /** Per cent. */
  probability: number;
  weight: number;
  /** Days since 1970, NaN for none. */
  first: number;
  last: number;
  /** Of several ties between two nodes: how far from the middle, in lanes. */
  lane: number;
}

export interface Scene {
  nodes: SceneNode[];
  ties: SceneTie[];
  byId: Map<string, SceneNode>;
  /** The first and the last day of any tie, NaN where none has one. */
  days: [number, number];
}

const GROUP: NodeMark = {
  code: 'group',
  label: 'Folded group',
  shape: 'hexagon',
  colour: '',
  glyph: 'M8 8L19 8L19 19L8 19ZM5 16L5 5L16 5',
};

export function readScene(message: ChartMessage, folded: ReadonlySet<string>): Scene {
  const all = readNodes(message);
  const shown = fold(all, folded);
  const ties = joinTies(readTies(message, shown), folded.size > 0);
  for (const tie of ties) {
    tie.one.ties.push(tie);
    tie.other.ties.push(tie);
  }
  spread(ties);
  const nodes = [...new Set(shown)];
  return { nodes, ties, byId: new Map(nodes.map((node) => [node.id, node])), days: findDays(ties) };
}

/** The node at the other end. */
export function farEnd(tie: SceneTie, node: SceneNode): SceneNode {
  return tie.one === node ? tie.other : tie.one;
}

export function neighboursOf(node: SceneNode): SceneNode[] {
  return [...new Set(node.ties.map((tie) => farEnd(tie, node)))];
}

function readNodes({ nodes, kinds, statuses, groups }: ChartMessage): SceneNode[] {
  const [kind, x, y] = [nodes.kind, nodes.x, nodes.y].map(readColumn);
  const [size, status, group] = [nodes.size, nodes.status, nodes.group].map(readColumn);
  return nodes.ids.map((id, k) => ({
    id,
    label: nodes.labels[k],
    note: nodes.notes[k],
    mark: kinds[kind[k]],
    x: x[k],
    y: y[k],
    size: size[k],
    status: statuses[status[k] - 2]?.code ?? '',
    group: groups[group[k]] ?? '',
    members: 0,
    ties: [],
  }));
}

/** For each node itself, or the one that stands for its folded group. */
function fold(all: SceneNode[], folded: ReadonlySet<string>): SceneNode[] {
  const stands = new Map<string, SceneNode>();
  for (const name of folded) {
    const members = all.filter(({ group }) => group === name);
    if (members.length === 0) continue;
    const mean = (of: (node: SceneNode) => number) => members.reduce((sum, node) => sum + of(node), 0) / members.length;
    stands.set(name, {
      id: `group ${name}`,
      label: `${name} (${members.length})`,
      note: '',
      mark: GROUP,
      x: mean(({ x }) => x),
      y: mean(({ y }) => y),
      size: Math.min(1.2 + 0.15 * Math.sqrt(members.length), 2.6),
      status: members.some(({ status }) => status === 'critical') ? 'critical' : '',
      group: name,
      members: members.length,
      ties: [],
    });
  }
  return all.map((node) => stands.get(node.group) ?? node);
}

function readTies({ ties, tieKinds, tieLabels }: ChartMessage, shown: SceneNode[]): SceneTie[] {
  const [one, other, kind, label] = [ties.one, ties.other, ties.kind, ties.label].map(readColumn);
  const [percent, weight, first, last] = [ties.percent, ties.weight, ties.first, ties.last].map(readColumn);
  return [...one.keys()].map((k) => ({
    index: k,
    one: shown[one[k]],
    other: shown[other[k]],
    kind: tieKinds[kind[k]],
    label: tieLabels[label[k]],
    probability: percent[k],
    weight: weight[k],
    first: first[k],
    last: isNaN(last[k]) ? first[k] : last[k],
    lane: 0,
  }));
}

/** Ties within a folded group go, those of one kind to it become one. */
function joinTies(ties: SceneTie[], some: boolean): SceneTie[] {
  if (!some) return ties;
  const found = new Map<string, SceneTie>();
  for (const tie of ties) {
    if (tie.one === tie.other) continue;
    const inGroup = tie.one.members > 0 || tie.other.members > 0;
    const ends = [tie.one.id, tie.other.id].sort().join(' ');
    const before = found.get(`${ends} ${tie.kind}`);
    if (!inGroup || before === undefined) {
      found.set(inGroup ? `${ends} ${tie.kind}` : String(tie.index), tie);
      continue;
    }
    before.index = -1;
    before.label = before.kind;
    before.weight += tie.weight;
    before.probability = Math.max(before.probability, tie.probability);
    before.first = least(before.first, tie.first, Math.min);
    before.last = least(before.last, tie.last, Math.max);
  }
  return [...found.values()];
}

function least(one: number, other: number, choose: (...of: number[]) => number): number {
  if (isNaN(one)) return other;
  return isNaN(other) ? one : choose(one, other);
}

/** Ties between the same two nodes lie side by side. */
function spread(ties: SceneTie[]): void {
  const pairs = new Map<string, SceneTie[]>();
  for (const tie of ties) {
    const pair = tie.one.id < tie.other.id ? `${tie.one.id} ${tie.other.id}` : `${tie.other.id} ${tie.one.id}`;
    const beside = pairs.get(pair);
    if (beside) beside.push(tie);
    else pairs.set(pair, [tie]);
  }
  for (const beside of pairs.values()) {
    beside.forEach((tie, k) => {
      const lane = k - (beside.length - 1) / 2;
      tie.lane = tie.one.id < tie.other.id ? lane : -lane;
    });
  }
}

function findDays(ties: SceneTie[]): [number, number] {
  let [first, last] = [NaN, NaN];
  for (const tie of ties) {
    first = least(first, tie.first, Math.min);
    last = least(last, tie.last, Math.max);
  }
  return [first, last];
}
