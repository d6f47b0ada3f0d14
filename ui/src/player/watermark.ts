/** The viewer's name, unit and the time over every picture: whoever films the screen films this too. */

export interface WatermarkLook {
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** Draw the lines slanted and repeated, faint enough to work with and too dense to crop away. */
export function drawWatermark(context: CanvasRenderingContext2D, look: WatermarkLook): void {
  const { lines, width, height } = look;
  context.clearRect(0, 0, width, height);
  const size = Math.max(11, Math.min(18, width / 42));
  context.font = `${size}px system-ui, "Noto Sans CJK SC", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const stepX = Math.max(180, size * 15);
  const stepY = Math.max(110, size * 9);
  for (let row = 0, y = stepY / 2; y < height + stepY / 2; y += stepY, row++) {
    for (let x = (row % 2) * (stepX / 2) + stepX / 4; x < width + stepX / 2; x += stepX) {
      context.save();
      context.translate(x, y);
      context.rotate(-0.32);
      lines.forEach((line, index) => {
        const at = (index - (lines.length - 1) / 2) * size * 1.35;
        context.fillStyle = "rgba(0,0,0,0.16)";
        context.fillText(line, 1, at + 1);
        context.fillStyle = "rgba(255,255,255,0.2)";
        context.fillText(line, 0, at);
      });
      context.restore();
    }
  }
}

/** What the watermark says: who (and of which unit) and when, to the minute so that it is redrawn seldom. */
export function watermarkLines(who: string, now: Date): string[] {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return [who, `${day} ${two(now.getHours())}:${two(now.getMinutes())}`].filter((line) => line !== "");
}
