/** All places, in the order of the navigation. */
import { evidence } from "./evidence";
import { monitor } from "./monitor";
import type { Place } from "./place";
import { register } from "./register";
import { system } from "./system";
import { work } from "./work";

export const PLACES: readonly Place[] = [...work, ...monitor, ...register, ...evidence, ...system];
