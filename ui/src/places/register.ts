import type { Place } from "./place";

export const register: readonly Place[] = [];
