/** What Python sends to a chart of links, and what it sends back. The other side is analytics/figures/link_chart.py. */

import type { Column } from '../column';

/** What a node looks like by its kind. The glyph is an SVG path on a grid of 24. */
export interface NodeMark {
  code: string;
  label: string;
  shape: string;
  colour: string;
  glyph: string;
}

export interface StatusMark {
  code: string;
  label: string;
  colour: string;
}

export interface ChartMessage {
  /** Of all that is drawn but what is selected. */
  dataKey: string;
  kinds: NodeMark[];
  statuses: StatusMark[];
  groups: string[];
  tieKinds: string[];
  tieLabels: string[];
  nodes: {
    ids: string[];
    labels: string[];
    notes: string[];
    kind: Column;
    x: Column;
    y: Column;
    size: Column;
    /** 0 for none, 1 for selected, then of `statuses`. */
    status: Column;
    group: Column;
  };
  /** Nodes by their number; days since 1970. */
  ties: {
    one: Column;
    other: Column;
    kind: Column;
    label: Column;
    percent: Column;
    weight: Column;
    first: Column;
    last: Column;
  };
  folded: string[];
  selected: string | null;
  selectedTie: number | null;
  label: string;
  /** Pixels, or null where the chart fills the pane that it stands in. */
  height: number | null;
  expandable: boolean;
}

/** What Streamlit gives to the component. */
export interface ChartArguments {
  data: ChartMessage;
  key: string;
  parentElement: HTMLElement | ShadowRoot;
  setTriggerValue(name: 'picked' | 'expanded', value: string): void;
  setTriggerValue(name: 'tie', value: [string, string, string]): void;
}
