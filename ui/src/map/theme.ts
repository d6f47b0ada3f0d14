/** Colours of the map in light and dark, and the shapes that mean the same without any colour. */

export type Theme = "light" | "dark";
export const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export const COLOURS = {
  light: {
    water: "#bcd7ea", waterLabel: "#2b5f86", land: "#f4f2ec", wood: "#d5e6cd", border: "#a9a39a", road: "#ffffff", street: "#e3ded3", label: "#4c5562",
    camera: "#1d5fb4", idle: "#6b7480", place: "#5b3e96", gap: "#c8322b", point: "#0b7a62", draft: "#b86a00", proposed: "#0b7a62", further: "#5f6b78", halo: "#ffffff", ink: "#17212e",
  },
  dark: {
    water: "#16293a", waterLabel: "#7fb0d6", land: "#1b222b", wood: "#1d2f26", border: "#4b5663", road: "#3a4654", street: "#28313c", label: "#b9c3d0",
    camera: "#6ea8fe", idle: "#98a3b0", place: "#c3a6ff", gap: "#ff7b72", point: "#4cd3ae", draft: "#f0a53a", proposed: "#4cd3ae", further: "#9aa7b4", halo: "#10161d", ink: "#f2f5f9",
  },
} as const;

/** What can be on the map; the legend draws the same paths (24 by 24) as the map. */
export const SHAPES = {
  cluster: "M12 2a10 10 0 1 0 .01 0z",
  camera: "M12 12 L6 2 A12 12 0 0 1 18 2 Z M12 8a4.5 4.5 0 1 0 .01 0z",
  idle: "M5 5h14v14H5z M5 5L19 19M19 5L5 19",
  place: "M12 2L21 12L12 22L3 12z",
  gap: "M12 2L22.5 21H1.5z M12 8.5v6M12 16.8v1.6",
  point: "M12 2l2.9 6.6 7.1.7-5.4 4.8 1.6 7L12 17.4 5.8 21.1l1.6-7L2 9.3l7.1-.7z",
  spot: "M12 3a9 9 0 1 0 .01 0z",
  route: "M2 19L9 9L15 15L22 4L23 6L15 18L9 12L4 21z",
  proposed: "M12 12 L6 2 A12 12 0 0 1 18 2 Z M12 8a4.5 4.5 0 1 0 .01 0z",
  further: "M12 12 L6 2 A12 12 0 0 1 18 2 Z M8.5 8.5h7v7h-7z",
} as const;
export type Shape = keyof typeof SHAPES;
