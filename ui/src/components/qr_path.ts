/** A QR code as an SVG path, drawn here: the key in it must not travel to anybody who draws pictures. */
import { encode } from "uqr";

export interface QrPath {
  readonly side: number; // modules, the quiet zone of four on each side included (ISO/IEC 18004)
  readonly path: string; // one unit square a dark module
}

export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { side: size, path: squares.join("") };
}
