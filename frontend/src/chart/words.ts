/** What is said of a node or a tie, beside the pointer and to a screen reader. */

import { isLit } from './emphasis';
import type { StatusMark } from './message';
import { neighboursOf, type SceneNode, type SceneTie } from './scene';
import { spellDay } from './timeline';

const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });

/** The name first, then a line for each thing that is known. */
export function describeNode(node: SceneNode, statuses: StatusMark[], days: [number, number] | null): string[] {
  const neighbours = neighboursOf(node).length;
  const count = neighbours === 1 ? '1 neighbour' : `${numbers.format(neighbours)} neighbours`;
  const status = statuses.find(({ code }) => code === node.status)?.label;
  const outside = days !== null && node.ties.length > 0 && !node.ties.some((tie) => isLit(tie, days));
  const lines = [node.label, `${node.mark.label}, ${count}`];
  if (status) lines.push(status);
  if (node.members === 0 && node.group) lines.push(`Group: ${node.group}`);
  if (outside) lines.push('No link in the time chosen');
  return node.note ? [...lines, node.note] : lines;
}

export function describeTie(tie: SceneTie): string[] {
  const lines = [tie.label, `${tie.one.label} and ${tie.other.label}`];
  if (tie.weight > 1) lines.push(`${numbers.format(tie.weight)} times`);
  if (!isNaN(tie.first)) {
    lines.push(tie.first === tie.last ? spellDay(tie.first) : `${spellDay(tie.first)} to ${spellDay(tie.last)}`);
  }
  return tie.probability < 100 ? [...lines, `Probability ${tie.probability} %`] : lines;
}
