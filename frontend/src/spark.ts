const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 88;
const HEIGHT = 26;
const EDGE = 3; // pixels around, so that the last dot is whole

/** A small line of what was recorded, over what was expected: one value for all of it or one for each. */
export function drawSparkLine(values: number[], expected: number[]): SVGSVGElement {
  const top = Math.max(...values, ...expected, 1e-9);
  const at = (value: number, row: number, of: number): string => {
    const x = EDGE + (of > 1 ? (row / (of - 1)) * (WIDTH - 2 * EDGE) : 0);
    return `${x.toFixed(1)},${(HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  };
  const picture = draw('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'spark', 'aria-hidden': 'true' });
  const usual = expected.length === 1 ? [expected[0], expected[0]] : expected;
  if (usual.length) {
    picture.append(draw('polyline', { class: 'expected', points: usual.map((v, k) => at(v, k, usual.length)).join(' ') }));
  }
  picture.append(draw('polyline', { class: 'line', points: values.map((v, k) => at(v, k, values.length)).join(' ') }));
  const [x, y] = at(values[values.length - 1], values.length - 1, values.length).split(',');
  picture.append(draw('circle', { class: 'last', cx: x, cy: y, r: '2.4' }));
  return picture as SVGSVGElement;
}

export function draw(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
