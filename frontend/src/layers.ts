/** Which layers a reader sees, and how strongly: stored by the browser, for every map alike. */

import type { LayerSpecification } from 'maplibre-gl';
import { element } from './legend';
import type { LayerGroup } from './message';

interface Setting {
  shown: boolean;
  /** 0 to 1, of what the picture says. */
  opacity: number;
}

const STORED = 'achilles-map-layers';
const OPACITIES: Record<string, string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['text-opacity', 'icon-opacity'],
};
const settings: Record<string, Setting> = read();

/** The layers as the reader set them: hidden ones hidden, others as strong as asked. */
export function applySettings(layers: LayerSpecification[], groups: LayerGroup[]): LayerSpecification[] {
  const groupOf = new Map(groups.flatMap((group) => group.layers.map((id) => [id, group] as const)));
  return layers.map((layer) => {
    const group = groupOf.get(layer.id);
    if (group === undefined) return layer;
    const { shown, opacity } = settingOf(group);
    const layout = { ...layer.layout, visibility: shown ? 'visible' : 'none' };
    const paint = { ...(layer.paint as Record<string, unknown> | undefined) };
    if (opacity < 1) {
      for (const name of OPACITIES[layer.type] ?? []) {
        const own = paint[name] ?? 1;
        if (typeof own === 'number') paint[name] = own * opacity;
      }
    }
    return { ...layer, layout, paint } as LayerSpecification;
  });
}

/** The list of groups with a box and a slider each; `changed` is called when the reader moves one. */
export class LayerList {
  private written = '';

  constructor(
    private readonly box: HTMLElement,
    private readonly changed: () => void,
  ) {
    const opener = element('button') as HTMLButtonElement;
    opener.type = 'button';
    opener.title = 'Layers';
    opener.setAttribute('aria-label', 'Layers of the map');
    opener.setAttribute('aria-expanded', 'false');
    opener.className = 'opener';
    opener.addEventListener('click', () => this.open(opener, this.list.hidden));
    this.list.hidden = true;
    this.list.className = 'list';
    box.append(opener, this.list);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.list.hidden) return;
      event.stopPropagation();
      this.open(opener, false);
      opener.focus();
    });
  }

  private readonly list = element('div');

  show(groups: LayerGroup[]): void {
    this.box.hidden = groups.length === 0;
    const written = JSON.stringify(groups.map(({ name, shown }) => [name, shown]));
    if (written === this.written) return; // what is under the reader's hand stays
    this.written = written;
    this.list.replaceChildren(...groups.map((group) => this.line(group)));
  }

  private open(opener: HTMLButtonElement, opened: boolean): void {
    this.list.hidden = !opened;
    opener.setAttribute('aria-expanded', String(opened));
  }

  private line(group: LayerGroup): HTMLElement {
    const setting = settingOf(group);
    const label = element('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = setting.shown;
    label.append(box, element('span', group.name));
    const slider = document.createElement('input');
    slider.type = 'range';
    slider.min = '0.1';
    slider.max = '1';
    slider.step = '0.1';
    slider.value = String(setting.opacity);
    slider.disabled = !setting.shown;
    slider.setAttribute('aria-label', `Opacity of ${group.name}`);
    const change = () => {
      slider.disabled = !box.checked;
      settings[group.name] = { shown: box.checked, opacity: Number(slider.value) };
      store();
      this.changed();
    };
    box.addEventListener('change', change);
    slider.addEventListener('change', change);
    const line = element('div');
    line.append(label, slider);
    return line;
  }
}

/** Whether the reader sees a group. */
export function isShown(group: LayerGroup): boolean {
  return settingOf(group).shown;
}

function settingOf(group: LayerGroup): Setting {
  return settings[group.name] ?? { shown: group.shown, opacity: 1 };
}

function read(): Record<string, Setting> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    const entries = Object.entries((stored ?? {}) as Record<string, Partial<Setting>>);
    return Object.fromEntries(
      entries.map(([name, { shown, opacity }]) => [
        name,
        { shown: shown !== false, opacity: Math.min(1, Math.max(0.1, Number(opacity) || 1)) },
      ]),
    );
  } catch {
    return {}; // a browser that stores nothing forgets
  }
}

function store(): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(settings));
  } catch {
    // The layers are as set until the page is left.
  }
}
