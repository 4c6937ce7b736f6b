/** The ids and texts of features, by key: an element of the page gives them, its maps read them. */

/** What is the same for many pictures: the features' ids, and the texts that are said of them. */
export interface Named {
  key: string;
  ids: string[];
  /** One list for each text of a feature. */
  texts: string[][];
}

interface Memory {
  named: Map<string, Named>;
  waiting: Map<string, (() => void)[]>;
}

declare global {
  interface Window {
    __ach_memory?: Memory;
  }
}

const REMEMBERED = 12; // a page shows two maps at most; a picture that is painted has taken what it needs
const memory: Memory = (window.__ach_memory ??= { named: new Map(), waiting: new Map() });

export function remember(named: Named): void {
  memory.named.set(named.key, named);
  for (const key of memory.named.keys()) {
    if (memory.named.size <= REMEMBERED) break;
    memory.named.delete(key);
  }
  const waiting = memory.waiting.get(named.key) ?? [];
  memory.waiting.delete(named.key);
  waiting.forEach((go) => go());
}

export function recall(key: string): Named | undefined {
  return memory.named.get(key);
}

/** Call `go` once what has this key is there. */
export function whenRemembered(key: string, go: () => void): void {
  memory.waiting.set(key, [...(memory.waiting.get(key) ?? []), go]);
}
