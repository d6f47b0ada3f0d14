/** Receipt number and query code as people write them down, and as they type them again. */

/** In groups of four, which are easier to copy and to read out. */
export function grouped(text: string): string {
  return text.replace(/(.{4})(?=.)/g, "$1 ");
}

/** A number as typed: no blanks or dashes, full-width characters and letters that look like digits put right. */
export function numberTyped(text: string): string {
  const plain = text.normalize("NFKC").toUpperCase().replace(/[\s\-–—]/g, "");
  const head = plain.slice(0, 2);
  return head + plain.slice(2).replace(/O/g, "0").replace(/[IL]/g, "1");
}

export function keyTyped(text: string): string {
  return text.normalize("NFKC").replace(/[\s\-–—]/g, "");
}
