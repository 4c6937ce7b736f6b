/** What Python sends to a map, and what a map sends back. The other side is ui/components/map.py. */

import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { Column } from './column';

/** A value for each feature of a source, read by its paint as ["feature-state", "value"]. */
export interface FeatureValues {
  source: string;
  /** The key of the features' ids and texts, which an element of their own gives. */
  named: string;
  column: Column;
  /** Where there is one, paint reads a value as its share of this, from -1 to 1. */
  top: number | null;
  /** What is said of a feature that is pointed at: a label, and a number for each feature or which of their texts;
   * the value itself (for a class its name) where nothing is given. */
  about: { label: string; of?: Column; text?: number }[];
  /** 1 for the first of the page's list, 0 where a rank says nothing. */
  ranks: Column | null;
}

/** What can be chosen here and in a list of the page alike: features of a source, drawn by `layers`, each with the
 * place (degrees) that is brought into sight when it is chosen elsewhere. */
export interface Choices {
  channel: string;
  source: string;
  layers: string[];
  places: Record<string, [number, number]>;
}

export interface MapMessageView {
  lon: number;
  lat: number;
  zoom: number;
  /** West, south, east and north (degrees) of what is shown whole, whatever the size of the pane. */
  box: [number, number, number, number] | null;
}

export interface Legend {
  title: string;
  /** Colours from low to high, with what stands below them. */
  ramp: { colours: string[]; ticks: string[] } | null;
  kinds: { name: string; colour: string }[];
}

/** Layers that are shown and hidden together. */
export interface LayerGroup {
  name: string;
  layers: string[];
  /** Whether they are, until the reader says otherwise. */
  shown: boolean;
  /** Whether what it draws is sent only once it is shown. */
  onDemand: boolean;
}

export interface MapMessage {
  /** Of the style, the sources and the layers. */
  styleKey: string;
  /** Of all that is drawn but the choice: another one is painted. */
  pictureKey: string;
  style: StyleSpecification;
  sources: Record<string, SourceSpecification>;
  layers: { layer: LayerSpecification; below?: string }[];
  values: FeatureValues | null;
  /** The map is moved only when this changes, so that the reader's own view stays. */
  view: MapMessageView;
  /** The layer that answers to pointing and clicking. */
  active: string | null;
  choices: Choices | null;
  /** Of the choices where there are some, else of the values. */
  chosen: string | null;
  legend: Legend | null;
  groups: LayerGroup[];
  /** Layers whose features say their property `label` when pointed at, or how many they stand for. */
  described: string[];
  /** Whether an area can be drawn. */
  drawable: boolean;
  /** Another number once the area drawn last is answered, whether the picture changes or not. */
  drawings: number;
  /** Maps of one group move together. */
  group: string | null;
  /** What a screen reader is told the map is. */
  label: string;
  credit: string;
  /** Pixels, or null where the map fills the pane that it stands in. */
  height: number | null;
}

/** What Streamlit gives to a component. */
export interface ComponentArguments {
  data: MapMessage;
  key: string;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'picked', value: string): void;
  setTriggerValue(name: 'drawn', value: [number, number][]): void;
  setStateValue(name: 'wanted', value: string[]): void;
}
