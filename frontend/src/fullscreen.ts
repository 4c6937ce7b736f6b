/** A button that gives the page the whole screen and takes it back: a browser lets nothing but a press do so. */

/** What Python sends; the other side is ui/components/fullscreen.py. */
interface FullscreenArguments {
  data: { enter: string; leave: string };
  parentElement: HTMLElement | ShadowRoot;
}

export default function ({ data, parentElement }: FullscreenArguments): () => void {
  const button = parentElement.querySelector('button')!;
  const say = (): void => {
    button.textContent = document.fullscreenElement ? data.leave : data.enter;
  };
  button.onclick = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen();
  };
  document.addEventListener('fullscreenchange', say);
  say();
  return () => document.removeEventListener('fullscreenchange', say);
}
