/** What stands out of a scene, and what fades. */

import { neighboursOf, type Scene, type SceneNode, type SceneTie } from './scene';

export interface Colours {
  text: string;
  background: string;
  border: string;
  accent: string;
  font: string;
}

export interface Emphasis {
  selected: SceneNode | null;
  tie: SceneTie | null;
  /** Under the pointer. */
  pointed: SceneNode | SceneTie | null;
  /** Where the keyboard is. */
  cursor: SceneNode | null;
  /** The days chosen; ties outside them fade. */
  days: [number, number] | null;
}

/** Whether a tie is within the chosen days; one without a date always is. */
export function isLit(tie: SceneTie, days: [number, number] | null): boolean {
  return days === null || isNaN(tie.first) || (tie.first <= days[1] && tie.last >= days[0]);
}

/** The nodes that some tie of the chosen days touches; null where all days are chosen. */
export function litNodes(scene: Scene, emphasis: Emphasis): Set<SceneNode> | null {
  if (emphasis.days === null) return null;
  const lit = new Set(scene.nodes.filter((node) => node.ties.length === 0));
  for (const tie of scene.ties) {
    if (isLit(tie, emphasis.days)) lit.add(tie.one).add(tie.other);
  }
  if (emphasis.selected) lit.add(emphasis.selected);
  return lit;
}

/** The nodes whose names come first: what is meant, and its neighbours. */
export function meantNodes({ selected, pointed, cursor, tie }: Emphasis): SceneNode[] {
  const meant = [selected, cursor, pointed && 'mark' in pointed ? pointed : null].filter((node) => node !== null);
  const ends = [tie, pointed && 'one' in pointed ? pointed : null].flatMap((found) => (found ? [found.one, found.other] : []));
  return [...new Set([...meant, ...ends, ...meant.flatMap(neighboursOf)])];
}
