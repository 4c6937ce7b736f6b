/**
 * One step of the reader is one entry of the history. A run that changes the page (`st.switch_page`) writes two:
 * the page before with the link of the next, then the next page. Nobody saw the first: the second takes its place.
 * What the address says already is no step.
 */

let halfway = '';

function push(this: History, state: unknown, unused: string, url?: string | URL | null): void {
  const to = new URL(url ?? '', location.href);
  if (to.href === location.href) return;
  const isNextPage = to.pathname !== location.pathname;
  const isSecond = isNextPage && location.href === halfway && to.search === location.search;
  halfway = isNextPage ? '' : to.href;
  if (isSecond) this.replaceState(state, unused, url);
  else History.prototype.pushState.call(this, state, unused, url);
}

/** What the reader does ends what came before it: only what one step writes is taken together. */
function begin(): void {
  halfway = '';
}

export function joinSteps(): void {
  history.pushState = push;
  for (const event of ['pointerdown', 'keydown', 'popstate']) window.addEventListener(event, begin, { capture: true });
}
