/**
 * A list of cards, of which one is chosen: with the pointer, with arrows, j and k, Home and End; Enter or a double
 * click opens it. The choice is marked here and on the page's map at once and sent to the server when the reader
 * rests, so that a held key does not queue runs of the page.
 */

import { announceChoice, followChoices, followKeys } from './bus';
import { drawSparkLine } from './spark';

const REST = 120; // milliseconds without another choice
const BESIDE = '.st-key-scroll_detail, .st-key-scroll_reading'; // the panes that show what is chosen
const ANSWER = 3000; // milliseconds in which the server is expected to answer with what was sent

interface Mark {
  text: string;
  tone: 'strong' | 'for' | 'against' | '';
}

interface Entry {
  id: string;
  number: number | null;
  name: string;
  about: string;
  more: string;
  marks: Mark[];
  figure: string;
  beside: string;
  line: number[];
  expected: number[];
}

/** What Python sends; the other side is ui/components/list.py. */
interface ListMessage {
  entries: Entry[];
  label: string;
  channel: string;
  chosen: string | null;
  /** Pixels, or null where the list fills the pane that it stands in. */
  height: number | null;
}

interface ListArguments {
  data: ListMessage;
  key: string;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'chosen' | 'opened', value: string): void;
}

class ListView {
  private drawn = '';
  private chosen: string | null = null;
  private given: string | null = null;
  private awaited: string | null = null;
  private pressed: HTMLElement | null = null;
  private timer = 0;
  private patience = 0;
  private readonly end: (() => void)[];

  constructor(
    readonly box: HTMLElement,
    private message: ListMessage,
    private send: ListArguments['setTriggerValue'],
  ) {
    box.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.press(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.addEventListener('click', (event) => {
      const card = this.cardOf(event);
      if (card) this.choose(card.dataset.id!);
    });
    // A card that is replaced between press and release gets no click: what was pressed counts.
    box.addEventListener('pointerdown', (event) => (this.pressed = this.cardOf(event)));
    box.addEventListener('pointerup', () => {
      const { pressed } = this;
      this.pressed = null;
      if (pressed && !pressed.isConnected && this.has(pressed.dataset.id!)) this.choose(pressed.dataset.id!);
    });
    box.addEventListener('dblclick', (event) => {
      const card = this.cardOf(event);
      if (card) this.open(card.dataset.id!);
    });
    this.end = [
      followChoices(this, () => this.message.channel, (id) => this.take(id)),
      followKeys((key) => this.box.isConnected && this.press(key)),
    ];
    this.show(message, send);
  }

  show(message: ListMessage, send: ListArguments['setTriggerValue']): void {
    this.message = message;
    this.send = send;
    const { box } = this;
    box.setAttribute('aria-label', message.label);
    box.classList.toggle('fills', message.height === null);
    box.style.height = message.height === null ? '' : `${message.height}px`;
    const written = JSON.stringify(message.entries);
    if (written !== this.drawn) {
      this.drawn = written;
      box.replaceChildren(...message.entries.map(drawCard));
      this.mark(this.chosen);
    }
    if (this.awaited === null || this.awaited === message.chosen) {
      clearTimeout(this.patience);
      this.awaited = null;
      if (message.chosen !== this.given || !this.has(this.chosen)) this.mark(message.chosen);
    }
    this.given = message.chosen;
  }

  close(): void {
    clearTimeout(this.timer);
    this.end.forEach((stop) => stop());
  }

  private get cards(): HTMLElement[] {
    return [...this.box.children] as HTMLElement[];
  }

  private cardOf(event: Event): HTMLElement | null {
    return (event.target as HTMLElement).closest<HTMLElement>('[role=option]');
  }

  private has(id: string | null): boolean {
    return this.message.entries.some((entry) => entry.id === id);
  }

  /** Returns whether the key meant something here. */
  private press(key: string): boolean {
    const { cards } = this;
    const at = cards.findIndex((card) => card.dataset.id === this.chosen);
    const last = cards.length - 1;
    const next: Record<string, number> = {
      j: at + 1,
      ArrowDown: at + 1,
      k: Math.max(at - 1, 0),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: last,
    };
    if (key === 'Enter' && at >= 0) this.open(this.chosen!);
    else if (last >= 0 && key in next) this.choose(cards[Math.min(next[key], last)].dataset.id!);
    else return false;
    return true;
  }

  private choose(id: string): void {
    if (id === this.chosen) return;
    this.mark(id);
    rewind();
    announceChoice({ channel: this.message.channel, id, from: this });
    this.sendSoon(id);
  }

  /** Follow what was chosen elsewhere, and take it to the server where it is one of the list's. */
  private take(id: string | null): boolean {
    if (!this.box.isConnected || !this.has(id)) return false;
    if (id !== this.chosen) rewind();
    this.mark(id);
    this.sendSoon(id!);
    return true;
  }

  private sendSoon(id: string): void {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    this.awaited = id;
    this.timer = window.setTimeout(() => this.send('chosen', id), REST);
    this.patience = window.setTimeout(() => (this.awaited = null), ANSWER);
  }

  private open(id: string): void {
    if (this.awaited !== null) {
      clearTimeout(this.timer);
      this.send('chosen', this.awaited);
    }
    this.send('opened', id);
  }

  private mark(id: string | null): void {
    this.chosen = id;
    let active = '';
    for (const card of this.cards) {
      const on = card.dataset.id === id;
      card.setAttribute('aria-selected', String(on));
      if (!on) continue;
      active = card.id;
      card.scrollIntoView({ block: 'nearest' });
    }
    if (active) this.box.setAttribute('aria-activedescendant', active);
    else this.box.removeAttribute('aria-activedescendant');
    this.box.dataset.chosen = id ?? ''; // for tests and benchmarks: what is marked
  }
}

/** What is shown of another choice begins at its top. */
function rewind(): void {
  document.querySelectorAll(BESIDE).forEach((pane) => pane.scrollTo({ top: 0 }));
}

/** All text is set as text, never as markup. */
function drawCard(entry: Entry, row: number): HTMLElement {
  const card = part('div', 'card');
  card.id = `entry-${row}`;
  card.dataset.id = entry.id;
  card.setAttribute('role', 'option');
  card.setAttribute('aria-selected', 'false');
  if (entry.number !== null) card.append(part('span', 'number', String(entry.number)));
  const words = part('div', 'words');
  words.append(part('div', 'name', entry.name), part('div', 'about', entry.about));
  if (entry.more) words.append(part('div', 'more', entry.more));
  if (entry.marks.length) {
    const marks = part('div', 'marks');
    marks.append(...entry.marks.map(({ text, tone }) => part('span', `mark ${tone}`, text)));
    words.append(marks);
  }
  const figures = part('div', 'figures');
  figures.append(part('div', 'figure', entry.figure), part('div', 'beside', entry.beside));
  if (entry.line.length > 1) figures.append(drawSparkLine(entry.line, entry.expected));
  card.append(words, figures);
  return card;
}

function part(tag: string, name: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

const views = new WeakMap<HTMLElement, ListView>();

export default function showList({ data, parentElement, setTriggerValue }: ListArguments): () => void {
  const box = parentElement.querySelector<HTMLElement>('.list')!;
  let view = views.get(box);
  if (view === undefined) {
    view = new ListView(box, data, setTriggerValue);
    views.set(box, view);
  } else {
    view.show(data, setTriggerValue);
  }
  const shown = view;
  return () => {
    setTimeout(() => {
      if (box.isConnected) return;
      shown.close();
      views.delete(box);
    });
  };
}
