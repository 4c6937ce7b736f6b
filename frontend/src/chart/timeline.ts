/** Two handles on a line of days, and a button that moves the time between them from the first day to the last. */

import { element } from '../legend';

const STEPS = 48; // from the first day to the last while it plays
const STEP = 350; // milliseconds
const PLAYED = 6; // the part of the time shown while it plays, where both handles stand at the ends

// As analytics/shared/wording.py writes them: the browser's own short names have four letters for September.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Timeline {
  private readonly from = handle('From');
  private readonly to = handle('To');
  private readonly words = element('output');
  private readonly fill = element('i');
  private readonly play = element('button') as HTMLButtonElement;
  private ends: [number, number] = [NaN, NaN];
  private playing = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly changed: () => void,
  ) {
    this.play.type = 'button';
    this.play.className = 'play';
    const line = element('div');
    line.className = 'line';
    line.append(this.fill, this.from, this.to);
    box.append(this.play, line, this.words);
    this.from.addEventListener('input', () => this.moved(this.from));
    this.to.addEventListener('input', () => this.moved(this.to));
    this.play.addEventListener('click', () => (this.playing ? this.pause() : this.start()));
    this.say();
  }

  /** The first and the last day of what is shown; what the reader chose stays where it can. */
  show(days: [number, number]): void {
    this.box.hidden = !(days[1] > days[0]);
    if (this.ends[0] === days[0] && this.ends[1] === days[1]) return;
    const before = this.days;
    this.ends = days;
    for (const input of [this.from, this.to]) Object.assign(input, { min: String(days[0]), max: String(days[1]) });
    this.from.value = String(before?.[0] ?? days[0]);
    this.to.value = String(before?.[1] ?? days[1]);
    this.say();
  }

  /** What is chosen, null for all of it. */
  get days(): [number, number] | null {
    const [from, to] = [Number(this.from.value), Number(this.to.value)];
    return isNaN(this.ends[0]) || (from <= this.ends[0] && to >= this.ends[1]) ? null : [from, to];
  }

  /** Stop, and say whether it played. */
  pause(): boolean {
    const played = this.playing !== 0;
    clearInterval(this.playing);
    this.playing = 0;
    this.say();
    return played;
  }

  private start(): void {
    const [first, last] = this.ends;
    const chosen = this.days;
    const long = chosen ? chosen[1] - chosen[0] : (last - first) / PLAYED;
    if (chosen === null || chosen[1] >= last) this.set(first, first + long);
    const step = Math.max((last - first) / STEPS, 1);
    this.playing = window.setInterval(() => {
      const from = Math.min(Number(this.from.value) + step, last - long);
      this.set(from, from + long);
      if (from >= last - long) this.pause();
    }, STEP);
    this.say();
  }

  private set(from: number, to: number): void {
    this.from.value = String(Math.round(from));
    this.to.value = String(Math.round(to));
    this.say();
    this.changed();
  }

  private moved(input: HTMLInputElement): void {
    this.pause();
    if (Number(this.from.value) > Number(this.to.value)) {
      if (input === this.from) this.from.value = this.to.value;
      else this.to.value = this.from.value;
    }
    this.say();
    this.changed();
  }

  private say(): void {
    const label = this.playing ? 'Pause' : 'Play through time';
    this.play.title = label;
    this.play.setAttribute('aria-label', label);
    this.play.classList.toggle('on', this.playing !== 0);
    if (isNaN(this.ends[0])) return;
    const [from, to] = [Number(this.from.value), Number(this.to.value)];
    const long = this.ends[1] - this.ends[0] || 1;
    this.fill.style.left = `${(100 * (from - this.ends[0])) / long}%`;
    this.fill.style.right = `${(100 * (this.ends[1] - to)) / long}%`;
    this.from.setAttribute('aria-valuetext', spellDay(from));
    this.to.setAttribute('aria-valuetext', spellDay(to));
    this.words.textContent = `${spellDay(from)} to ${spellDay(to)}`;
  }
}

/** A day since 1970 in words. */
export function spellDay(day: number): string {
  const date = new Date(day * 86_400_000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function handle(label: string): HTMLInputElement {
  const input = document.createElement('input');
  input.type = 'range';
  input.step = '1';
  input.setAttribute('aria-label', `${label} day`);
  return input;
}
