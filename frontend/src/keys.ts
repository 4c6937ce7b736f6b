/**
 * The keys of the whole app. `/` and Ctrl+K go to the search, `g` and a letter opens a page, `?` tells the keys,
 * `j`, `k` and Enter go to the list of the page (the event `key` of bus.ts). A key that a field wants is left to it;
 * Escape leaves the search. Panes that scroll can be reached by the Tab key. It is on every page from the first, so
 * it keeps the history too.
 */

import { announceKey } from './bus';
import { joinSteps } from './one-step';

const SECOND_KEY = 1500; // milliseconds in which the letter follows `g`
const OF_LISTS = new Set(['j', 'k', 'Enter']);

/** What Python sends; the other side is ui/shell/keys.py. */
interface KeysMessage {
  /** The class of the container that has the search's field. */
  search: string;
  /** The class of the container that has a page's link, by its letter. */
  pages: Record<string, string>;
}

interface KeysArguments {
  data: KeysMessage;
  setTriggerValue(name: 'help', value: boolean): void;
}

let current: KeysArguments | null = null;
let begun = 0;

function press(event: KeyboardEvent): void {
  if (current === null || event.defaultPrevented) return;
  const target = event.composedPath()[0] as HTMLElement;
  const field = document.querySelector<HTMLInputElement>(`.${current.data.search} input`);
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) return search(event, field);
  if (event.key === 'Escape' && target === field) return field?.blur();
  if (moveAmongHits(event, target, field)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isField(target)) return;
  if (event.key === '/') return search(event, field);
  if (event.key === '?') {
    take(event);
    current.setTriggerValue('help', true);
  } else if (performance.now() - begun < SECOND_KEY) {
    begun = 0;
    const link = document.querySelector<HTMLElement>(`.${current.data.pages[event.key]} a`);
    if (link === null) return;
    take(event);
    link.click();
  } else if (event.key === 'g') {
    begun = performance.now();
  } else if (OF_LISTS.has(event.key) && !isControl(target)) {
    if (announceKey(event.key)) take(event);
  }
}

function search(event: KeyboardEvent, field: HTMLInputElement | null): void {
  if (field === null) return;
  take(event);
  field.focus();
  field.select();
}

/** The arrows go from the field to its hits and through them, Enter in the field opens the first. */
function moveAmongHits(event: KeyboardEvent, target: HTMLElement, field: HTMLInputElement | null): boolean {
  const room = document.querySelector<HTMLElement>(`.${current?.data.search}`);
  if (room === null || field === null || !room.contains(target)) return false;
  const hits = [...room.querySelectorAll<HTMLElement>('a')];
  const at = hits.indexOf(target);
  if (hits.length === 0) return false;
  if (event.key === 'ArrowDown') hits[Math.min(at + 1, hits.length - 1)].focus();
  else if (event.key === 'ArrowUp') (hits[at - 1] ?? field).focus();
  else if (event.key === 'Escape') field.focus();
  else if (event.key === 'Enter' && target === field) hits[0].click();
  else return false;
  take(event);
  return true;
}

/** Streamlit hears the key no more: some of its own shortcuts are the same. */
function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function isField(target: HTMLElement): boolean {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function isControl(target: HTMLElement): boolean {
  return target.closest?.('button, a, [role=option], [role=menuitem], [role=dialog], [role=application]') != null;
}

/** A pane that scrolls is a stop of the Tab key, so that the arrows scroll it without a mouse. */
function stopAtPanes(): void {
  for (const pane of document.querySelectorAll<HTMLElement>('[class*="st-key-scroll_"]:not([tabindex])')) {
    pane.tabIndex = 0;
  }
}

let asked = 0;
new MutationObserver(() => {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(stopAtPanes);
}).observe(document.body, { childList: true, subtree: true });

window.addEventListener('keydown', press, { capture: true });
joinSteps();

export default function listenForKeys(component: KeysArguments): () => void {
  current = component;
  document.documentElement.dataset.keys = 'heard'; // for tests
  return () => {};
}
