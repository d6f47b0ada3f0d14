/** Photos made small enough for a phone's connection before they are sent. The server encodes them anew in any case. */

const LONGEST_PX = 2560;
const QUALITY = 0.88;
export const MOST_PICTURES = 6;
export const MOST_BYTES = 10 << 20;

/** Width and height that keep the proportions and fit into a square of `longest`. */
export function fitted(width: number, height: number, longest = LONGEST_PX): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture as a JPEG of at most 2,560 pixels a side: only pixels, nothing of where and by whom. Null when it is none that this browser reads. */
export async function smaller(file: Blob): Promise<Blob | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  try {
    const size = fitted(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = size.width;
    canvas.height = size.height;
    canvas.getContext("2d")?.drawImage(picture, 0, 0, size.width, size.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  } finally {
    picture.close();
  }
}
