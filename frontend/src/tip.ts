import { element } from './legend';

const APART = 12; // pixels from the pointer

/** Words beside the pointer, within the box that they belong to. They are set as text, never as markup. */
export class Tip {
  private readonly box = element('div');

  constructor(private readonly room: HTMLElement) {
    this.box.className = 'tip';
    this.box.hidden = true;
    room.addEventListener('pointerleave', () => this.hide());
  }

  /** What the room is to hold beside its picture. */
  get node(): HTMLElement {
    return this.box;
  }

  say(words: string, x: number, y: number): void {
    this.box.hidden = false;
    this.box.textContent = words;
    const [right, below] = [this.room.clientWidth - this.box.offsetWidth, this.room.clientHeight - this.box.offsetHeight];
    this.box.style.left = `${Math.max(0, Math.min(x + APART, right))}px`;
    this.box.style.top = `${Math.max(0, Math.min(y + APART, below))}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
