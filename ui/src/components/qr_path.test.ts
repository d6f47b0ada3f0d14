import jsQR from "jsqr";
import { expect, test } from "vitest";

import { qrPath } from "./qr_path";

/** The path painted as an image of RGBA bytes, `scale` pixels a module. */
function painted(path: string, side: number, scale: number): Uint8ClampedArray {
  const width = side * scale;
  const image = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let down = 0; down < scale; down++) {
      for (let right = 0; right < scale; right++) {
        const at = ((Number(y) * scale + down) * width + Number(x) * scale + right) * 4;
        image.fill(0, at, at + 3);
      }
    }
  }
  return image;
}

test.each([
  "otpauth://totp/Mingjian:zhangsan?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30&issuer=Mingjian",
  `otpauth://totp/Mingjian:${encodeURIComponent("王".repeat(30))}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Mingjian`,
])("another program reads from the picture what was put in: %s", (text) => {
  const { path, side } = qrPath(text);
  expect(jsQR(painted(path, side, 3), side * 3, side * 3)?.data).toBe(text);
});
