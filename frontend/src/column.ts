/** Numbers as they travel: typed, little-endian, base64. The other side is analytics/figures/map_picture.py. */

export interface Column {
  kind: 'u1' | 'u2' | 'u4' | 'f4';
  data: string;
}

/** The numbers of a column, NaN where there is none. */
export function readColumn({ kind, data }: Column): Float64Array {
  const { buffer } = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  if (kind === 'f4') return Float64Array.from(new Float32Array(buffer));
  const whole = kind === 'u1' ? new Uint8Array(buffer) : kind === 'u2' ? new Uint16Array(buffer) : new Uint32Array(buffer);
  const none = 2 ** (8 * whole.BYTES_PER_ELEMENT) - 1;
  return Float64Array.from(whole, (number) => (number === none ? NaN : number));
}
