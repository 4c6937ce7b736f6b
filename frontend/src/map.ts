/**
 * The map of Achilles: MapLibre GL as a component of Streamlit.
 *
 * Outlines come by address and are stored by the browser; a run of the page sends values alone, which are
 * painted as feature states. The picture before stays until the next one is painted: nothing blanks.
 */

import {
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type MapMouseEvent,
  type SourceSpecification,
  type StyleSpecification,
} from 'maplibre-gl';
import { announceChoice, followChoices } from './bus';
import { readColumn } from './column';
import { Drawing } from './drawing';
import { LayerList, applySettings, isShown } from './layers';
import { element, writeLegend } from './legend';
import { recall, whenRemembered, type Named } from './memory';
import { Numbers } from './numbers';
import type { ComponentArguments, MapMessage } from './message';

setWorkerUrl(new URL('map-worker.js', import.meta.url).href);

const AROUND_BOX = { padding: 28, maxZoom: 15 }; // pixels; a single place is not shown from any nearer
const NEAR = 4; // pixels within which a thin line or a small dot is still meant
const FROM_POINTER = 14; // pixels
const WHILE_LOADING = 200; // milliseconds between two frames
const LEVELS = 255; // of a colour scale; two values of one level have one colour
const MOUNTED_AGAIN = 3000; // milliseconds within which a component that was taken away comes back

type Send = Pick<ComponentArguments, 'setTriggerValue' | 'setStateValue'>;

const views = new Map<string, MapView>();
const moves = new EventTarget();
const numbers = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });

/** What is under the pointer: its id, and its name where its outline says so. */
interface Pointed {
  id: string;
  place?: string;
}

/** What a map has painted: each feature's level, and the numbers that are said of it. */
interface Painted {
  styleKey: string;
  pictureKey: string;
  chosen: string | null;
  sources: string[];
  named: Named;
  levels: Float32Array;
}

const NOTHING: Named = { key: '', ids: [], texts: [] };

class MapView {
  private readonly map: MapLibreMap;
  private readonly drawing: Drawing;
  private readonly layers: LayerList;
  private readonly numbers: Numbers;
  private readonly resizing: ResizeObserver;
  private rows = new Map<string, number>();
  private ready = false;
  private painted: Painted = {
    styleKey: '',
    pictureKey: '',
    chosen: null,
    sources: [],
    named: NOTHING,
    levels: new Float32Array(),
  };
  private wanted = '[]';
  private readonly endChoices: () => void;
  private following = false;
  private movedByReader = false;
  private readonly followMove = (event: Event) => this.moveWith((event as CustomEvent<MapView>).detail);

  constructor(
    readonly box: HTMLElement,
    private message: MapMessage,
    public send: Send,
  ) {
    this.map = new MapLibreMap({
      container: this.part('canvas'),
      style: joinStyle(message),
      ...(message.view.box
        ? { bounds: message.view.box, fitBoundsOptions: AROUND_BOX }
        : { center: [message.view.lon, message.view.lat], zoom: message.view.zoom }),
      attributionControl: false,
      fadeDuration: 0,
      dragRotate: false,
      pitchWithRotate: false,
      // So that a picture of the page, printed or taken, holds the map.
      canvasContextAttributes: { preserveDrawingBuffer: true },
    });
    waitForTiles(this.map);
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-left');
    this.drawing = new Drawing(
      this.map,
      box.querySelector<SVGSVGElement>('.sheet')!,
      this.part('tools'),
      (corners) => this.send.setTriggerValue('drawn', corners),
    );
    this.numbers = new Numbers(this.map, this.part('numbers'));
    this.layers = new LayerList(this.part('layers'), () => {
      if (this.ready) this.map.setStyle(joinStyle(this.message), { diff: true });
      this.askForLayers();
    });
    this.map.on('click', (event) => this.pick(event));
    this.endChoices = followChoices(this, () => this.message.choices?.channel ?? '', (id) => this.follow(id));
    this.map.on('mousemove', (event) => this.point(event));
    this.map.on('mouseout', () => this.describe(undefined));
    this.map.on('move', () => {
      if (!this.following) moves.dispatchEvent(new CustomEvent('move', { detail: this }));
    });
    this.painted.styleKey = message.styleKey;
    this.map.once('style.load', () => {
      this.ready = true;
      this.paint();
    });
    moves.addEventListener('move', this.followMove);
    this.map.on('movestart', (event) => (this.movedByReader ||= Boolean(event.originalEvent)));
    this.resizing = new ResizeObserver(() => {
      this.map.resize();
      if (!this.movedByReader) this.fit();
    });
    this.resizing.observe(box);
    this.frame();
  }

  show(message: MapMessage): void {
    const before = JSON.stringify(this.message.view);
    this.message = message;
    this.drawing.unveil();
    this.frame();
    if (before !== JSON.stringify(message.view)) {
      const { lon, lat, zoom } = message.view;
      this.movedByReader = false;
      if (message.view.box) this.fit();
      else this.map.jumpTo({ center: [lon, lat], zoom });
    }
    if (this.ready) this.paint();
  }

  close(): void {
    moves.removeEventListener('move', this.followMove);
    this.endChoices();
    this.resizing.disconnect();
    this.map.remove();
  }

  /** Show the whole box of the view, if it has one. */
  private fit(): void {
    const { box } = this.message.view;
    if (box) this.map.fitBounds(box, { ...AROUND_BOX, animate: false });
  }

  private part(name: string): HTMLElement {
    return this.box.querySelector<HTMLElement>(`.${name}`)!;
  }

  /** What surrounds the picture. */
  private frame(): void {
    const { message, box } = this;
    box.style.height = message.height === null ? '' : `${message.height}px`;
    box.classList.toggle('fills', message.height === null);
    box.setAttribute('aria-label', message.label);
    box.classList.toggle('drawable', message.drawable);
    this.map.getCanvas().setAttribute('aria-label', message.label);
    this.part('credit').textContent = message.credit;
    writeLegend(this.part('legend'), message.legend);
    this.layers.show(message.groups);
    this.askForLayers();
  }

  private paint(): void {
    const { message, map, painted } = this;
    const { values, chosen } = message;
    const named = values === null ? NOTHING : recall(values.named);
    if (named === undefined) {
      whenRemembered(values!.named, () => this.message === message && this.paint());
      return;
    }
    if (painted.styleKey !== message.styleKey) {
      this.forget();
      map.setStyle(joinStyle(message), { diff: true });
      painted.styleKey = message.styleKey;
    }
    if (painted.pictureKey !== message.pictureKey) {
      this.colour(named);
      painted.pictureKey = message.pictureKey;
    }
    this.mark(chosen);
  }

  /** Nothing that was painted on the features stays. */
  private forget(): void {
    const { map, painted } = this;
    for (const source of painted.sources) if (map.getSource(source)) map.removeFeatureState({ source });
    Object.assign(painted, { pictureKey: '', chosen: null, sources: [], named: NOTHING });
  }

  /** Give each feature its value, where it is another than before. */
  private colour(named: Named): void {
    const { map, painted } = this;
    const { values, choices } = this.message;
    const sources = [values?.source, choices?.source].filter((source) => source !== undefined);
    if (painted.named.key !== named.key || painted.sources.join() !== sources.join()) {
      this.forget();
      this.rows = new Map(named.ids.map((id, row) => [id, row]));
    }
    const before = painted.named === named ? painted.levels : null;
    const levels = values === null ? new Float32Array() : readLevels(readColumn(values.column), values.top);
    levels.forEach((level, row) => {
      if (before !== null && (before[row] === level || (isNaN(before[row]) && isNaN(level)))) return;
      const feature = { source: values!.source, id: named.ids[row] };
      if (!isNaN(level)) map.setFeatureState(feature, { value: level });
      else if (before !== null) map.removeFeatureState(feature, 'value');
    });
    Object.assign(painted, { sources, named, levels });
    this.number();
  }

  /** Number the first places of the page's list as the list does. */
  private number(): void {
    const { values, choices } = this.message;
    const ranks = values?.ranks && choices?.source === values.source ? readColumn(values.ranks) : null;
    const places = ranks === null ? [] : Object.entries(choices!.places);
    this.numbers.show(places.map(([id, place]) => ({ id, number: ranks![this.rows.get(id) ?? -1] ?? 0, place })));
  }

  /** Ask the server for the layers that the reader shows and that are sent only then. */
  private askForLayers(): void {
    const wanted = this.message.groups.filter((group) => group.onDemand && isShown(group)).map(({ name }) => name);
    const written = JSON.stringify(wanted);
    if (written === this.wanted) return;
    this.wanted = written;
    this.send.setStateValue('wanted', wanted);
  }

  private mark(chosen: string | null): void {
    const { message, map, painted } = this;
    const source = message.choices?.source ?? message.values?.source;
    if (source !== undefined && painted.chosen !== chosen) {
      if (painted.chosen !== null) map.setFeatureState({ source, id: painted.chosen }, { chosen: false });
      if (chosen !== null) map.setFeatureState({ source, id: chosen }, { chosen: true });
      painted.chosen = chosen;
    }
    this.numbers.mark(chosen);
    // For tests and benchmarks: what the pixels show.
    map.once('idle', () => {
      this.box.dataset.painted = painted.pictureKey;
      this.box.dataset.chosen = painted.chosen ?? '';
    });
    map.redraw(); // now, not after whatever else the page has to draw
  }

  /** Take a click: to the list of the page where it can be chosen there, else to the server. */
  private pick(event: MapMouseEvent): void {
    const { choices } = this.message;
    const choice = this.choiceAt(event);
    if (choices && choice !== null) {
      this.mark(choice);
      if (announceChoice({ channel: choices.channel, id: choice, from: this })) return;
    }
    const found = choice ?? this.featureAt(event)?.id;
    if (found !== undefined) this.send.setTriggerValue('picked', found);
  }

  /** Mark what was chosen elsewhere on the page, and bring it into sight. The server need not know. */
  private follow(id: string | null): boolean {
    const { message, map } = this;
    message.chosen = id;
    if (!this.ready) return false;
    this.mark(id);
    const place = id === null ? undefined : message.choices?.places[id];
    if (place && !map.getBounds().contains(place)) map.easeTo({ center: place, duration: 300 });
    return false;
  }

  /** The id of what can be chosen under the pointer. */
  private choiceAt(event: MapMouseEvent): string | null {
    const layers = (this.message.choices?.layers ?? []).filter((layer) => this.map.getLayer(layer));
    if (this.drawing.active || !layers.length) return null;
    const found = this.map.queryRenderedFeatures(event.point, { layers })[0];
    return found?.id === undefined ? null : String(found.id);
  }

  /** The described feature under the pointer: its id, and what it is called where its outline says so. */
  private featureAt(event: MapMouseEvent): Pointed | undefined {
    const { active } = this.message;
    if (this.drawing.active || active === null || !this.map.getLayer(active)) return undefined;
    const { x, y } = event.point;
    const around: [[number, number], [number, number]] = [
      [x - NEAR, y - NEAR],
      [x + NEAR, y + NEAR],
    ];
    const layers = [active];
    return [
      ...this.map.queryRenderedFeatures(event.point, { layers }),
      ...this.map.queryRenderedFeatures(around, { layers }),
    ]
      .map(({ id, properties }) => ({ id: String(id), place: properties.place as string | undefined }))
      .find(({ id }) => !isNaN(this.painted.levels[this.rows.get(id) ?? -1] ?? NaN));
  }

  private point(event: MapMouseEvent): void {
    const found = this.featureAt(event);
    const pointed = this.choiceAt(event) ?? found;
    if (!this.drawing.active) this.map.getCanvas().style.cursor = pointed ? 'pointer' : '';
    const mark = this.markAt(event);
    if (mark === null) this.describe(found, event.point);
    else this.say([element('div', mark)], event.point);
  }

  /** What a mark under the pointer says. */
  private markAt(event: MapMouseEvent): string | null {
    const layers = this.message.described.filter((layer) => this.map.getLayer(layer));
    if (this.drawing.active || !layers.length) return null;
    const properties = this.map.queryRenderedFeatures(event.point, { layers })[0]?.properties;
    if (!properties) return null;
    return properties.cluster ? `${properties.point_count} places here: zoom in` : String(properties.label);
  }

  private describe(feature: Pointed | undefined, at = { x: 0, y: 0 }): void {
    const { values, legend } = this.message;
    const { named } = this.painted;
    if (!feature || values === null || values.named !== named.key) return this.say([], at);
    const row = this.rows.get(feature.id)!;
    const own = readColumn(values.column)[row];
    const lines = values.about.map(({ label, of, text }) => {
      if (text !== undefined) return tell(named.texts[text][row], label);
      return tell(of ? numbers.format(readColumn(of)[row]) : (legend?.kinds[own]?.name ?? numbers.format(own)), label);
    });
    const rank = values.ranks === null ? 0 : readColumn(values.ranks)[row];
    if (rank > 0) lines.push(tell(`No. ${rank}`, `of ${numbers.format(named.ids.length)}`));
    if (feature.place) lines.unshift(tell(feature.place));
    this.say(lines, at);
  }

  /** Write beside the pointer, or nothing. */
  private say(lines: HTMLElement[], at: { x: number; y: number }): void {
    const tip = this.part('tip');
    tip.hidden = lines.length === 0;
    tip.replaceChildren(...lines);
    const right = at.x + FROM_POINTER + tip.offsetWidth > this.box.clientWidth;
    const low = at.y + FROM_POINTER + tip.offsetHeight > this.box.clientHeight;
    tip.style.left = `${right ? Math.max(at.x - FROM_POINTER - tip.offsetWidth, 0) : at.x + FROM_POINTER}px`;
    tip.style.top = `${low ? Math.max(at.y - FROM_POINTER - tip.offsetHeight, 0) : at.y + FROM_POINTER}px`;
  }

  /** Maps of one group show the same part of the world. */
  private moveWith(other: MapView): void {
    const { group } = this.message;
    if (other === this || group === null || other.message.group !== group) return;
    this.following = true;
    this.map.jumpTo({ center: other.map.getCenter(), zoom: other.map.getZoom() });
    this.following = false;
  }
}

/** While tiles are on their way a map is drawn seldom, not again with each that arrives: where the processor draws,
 * every frame takes it a tenth of a second. A map that is moved is drawn at once. */
function waitForTiles(map: MapLibreMap): void {
  const draw = map.triggerRepaint.bind(map);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const drawNow = () => {
    clearTimeout(waiting);
    waiting = undefined;
    draw();
  };
  map.triggerRepaint = () => {
    if (map.isMoving() || map.areTilesLoaded()) drawNow();
    else waiting ??= setTimeout(drawNow, WHILE_LOADING);
  };
}

/** A line of a tooltip. */
function tell(what: string, label = ''): HTMLElement {
  const line = element('div');
  line.append(element('b', what), element('span', label));
  return line;
}

/** Values as the paint reads them: shares of `top` in steps, or as they are. */
function readLevels(values: Float64Array, top: number | null): Float32Array {
  if (top === null) return Float32Array.from(values);
  return Float32Array.from(values, (value) => Math.round(Math.min(Math.max(value / top, -1), 1) * LEVELS) / LEVELS);
}

/** The base map with what lies over it, each layer below the one that it names, addresses made whole. */
function joinStyle(message: MapMessage): StyleSpecification {
  const layers = [...message.style.layers];
  for (const { layer, below } of message.layers) {
    const at = layers.findIndex(({ id }) => id === below);
    layers.splice(at < 0 ? layers.length : at, 0, layer);
  }
  const sources = Object.fromEntries(
    Object.entries({ ...message.style.sources, ...message.sources }).map(([name, source]) => [
      name,
      makeWhole(source),
    ]),
  );
  // A change of paint is there at once, not over a dozen frames.
  const transition = { duration: 0, delay: 0 };
  return { ...message.style, transition, sources, layers: applySettings(layers, message.groups) };
}

/** A source with whole addresses. Those of tiles keep their braces. */
function makeWhole(source: SourceSpecification): SourceSpecification {
  if (source.type === 'geojson' && typeof source.data === 'string') {
    return { ...source, data: new URL(source.data, location.origin).href };
  }
  if (source.type === 'vector' && source.tiles) {
    return { ...source, tiles: source.tiles.map((address) => location.origin + address) };
  }
  return source;
}

export default function showMap({ data, key, parentElement, setTriggerValue, setStateValue }: ComponentArguments): () => void {
  const box = parentElement.querySelector<HTMLElement>('.map')!;
  const send: Send = { setTriggerValue, setStateValue };
  let view = views.get(key);
  if (view === undefined) {
    view = new MapView(box, data, send);
    views.set(key, view);
  } else {
    // Streamlit mounts a component again where elements before it come or go: the map moves there as it is.
    if (view.box !== box) box.replaceWith(view.box);
    view.send = send;
    view.show(data);
  }
  const shown = view;
  return () => {
    setTimeout(() => {
      if (shown.box.isConnected || views.get(key) !== shown) return;
      shown.close();
      views.delete(key);
    }, MOUNTED_AGAIN);
  };
}
