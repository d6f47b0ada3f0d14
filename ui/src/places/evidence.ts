import type { Place } from "./place";

export const evidence: readonly Place[] = [];
