/**
 * How the components of one page speak to each other, without the server.
 *
 * Components with the same `channel` show the same things under the same ids: what is chosen in one is marked in
 * the others at once. One of them, the list where there is one, takes the choice to the server.
 *
 * `window.__ach` is an EventTarget with two events. `choice` (a Choice): something was chosen. `key` (the `key`
 * of a KeyboardEvent as detail): a key was pressed that no field of the page wanted; the page's list takes it.
 */

export interface Choice {
  channel: string;
  id: string | null;
  /** Who announces it, so that it does not answer itself. */
  from: object;
}

declare global {
  interface Window {
    __ach?: EventTarget;
  }
}

const bus: EventTarget = (window.__ach ??= new EventTarget());

/** Announce a choice. Returns whether somebody took it to the server. */
export function announceChoice(choice: Choice): boolean {
  return !bus.dispatchEvent(new CustomEvent('choice', { detail: choice, cancelable: true }));
}

/** Follow the choices of the others on a channel; `listener` returns whether it takes the choice to the server.
 * Returns what ends it. */
export function followChoices(from: object, channel: () => string, listener: (id: string | null) => boolean): () => void {
  return listen('choice', (event) => {
    const choice = event.detail as Choice;
    if (choice.from !== from && choice.channel === channel() && listener(choice.id)) event.preventDefault();
  });
}

/** Follow the keys that no field of the page wanted; `listener` returns whether it used the key. */
export function followKeys(listener: (key: string) => boolean): () => void {
  return listen('key', (event) => {
    if (!event.defaultPrevented && listener(event.detail as string)) event.preventDefault();
  });
}

function listen(name: string, listener: (event: CustomEvent) => void): () => void {
  const follow = (event: Event) => listener(event as CustomEvent);
  bus.addEventListener(name, follow);
  return () => bus.removeEventListener(name, follow);
}

/** Announce a key. Returns whether somebody used it. */
export function announceKey(key: string): boolean {
  return !bus.dispatchEvent(new CustomEvent('key', { detail: key, cancelable: true }));
}
