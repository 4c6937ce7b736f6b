/**
 * Paragraphs of running text in which some words are links to things of the app. A click opens the thing in this
 * session; the address behind the link serves a new window. The other side is ui/components/prose.py.
 */

import { element } from './legend';

interface Piece {
  text: string;
  /** The address that the words open, or null. */
  address: string | null;
  /** What it opens, in words. */
  title: string;
}

interface Paragraph {
  mark: string;
  pieces: Piece[];
  note: string;
}

interface ProseArguments {
  data: { label: string; paragraphs: Paragraph[] };
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'opened', value: string): void;
}

const senders = new WeakMap<HTMLElement, ProseArguments['setTriggerValue']>();

export default function showProse({ data, parentElement, setTriggerValue }: ProseArguments): void {
  const box = parentElement.querySelector<HTMLElement>('.prose')!;
  senders.set(box, setTriggerValue);
  const written = JSON.stringify(data);
  if (box.dataset.drawn === written) return;
  box.dataset.drawn = written;
  const open = (address: string) => senders.get(box)!('opened', address);
  box.setAttribute('aria-label', data.label);
  box.replaceChildren(...data.paragraphs.map((one) => drawParagraph(one, open)));
}

/** All text is set as text, never as markup. */
function drawParagraph({ mark, pieces, note }: Paragraph, open: (address: string) => void): HTMLElement {
  const paragraph = part('li', 'paragraph');
  const words = part('div', 'words');
  const text = part('div', 'text');
  text.append(...pieces.map((piece) => drawPiece(piece, open)));
  words.append(text);
  if (note) words.append(part('div', 'note', note));
  if (mark) paragraph.append(part('span', 'mark', mark));
  paragraph.append(words);
  return paragraph;
}

function drawPiece({ text, address, title }: Piece, open: (address: string) => void): Node {
  if (address === null) return document.createTextNode(text);
  const link = document.createElement('a');
  link.textContent = text;
  link.href = address;
  link.title = title;
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(address);
  });
  return link;
}

function part(tag: string, name: string, text = ''): HTMLElement {
  const made = element(tag, text);
  made.className = name;
  return made;
}
