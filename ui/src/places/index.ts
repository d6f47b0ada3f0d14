/** All places, in the order of the navigation. */
import { evidence } from "./evidence";
import { monitor } from "./monitor";
import type { Place } from "./place";
import { register } from "./register";
import { system } from "./system";

export const PLACES: readonly Place[] = [...monitor, ...register, ...evidence, ...system];
