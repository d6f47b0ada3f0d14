/** A proposal of cameras weighed without a screen: what the chosen see together, and what one more would add. Seconds and metres. */
import type { components } from "../api/schema.gen";
import type { CartItem } from "./cart";

export type Proposal = components["schemas"]["ProposalOut"];
export type Candidate = components["schemas"]["ProposedOut"];

/** What somebody who chose these cameras would see of the places and of the route, and how much footage that is. */
export interface Seen {
  readonly places: ReadonlySet<number>;
  readonly points: ReadonlySet<number>;
  readonly asked_s: number;
}

/** What one more camera would add to what the others see; `asked_s` is its whole footage. */
export interface Addition {
  readonly places: readonly number[];
  readonly route_m: number;
  readonly asked_s: number;
}

export function pointsOf(one: Candidate): number[] {
  return one.stretches.flatMap(([first = 0, last = -1]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

export function seenBy(chosen: readonly Candidate[]): Seen {
  return { places: new Set(chosen.flatMap((one) => one.places)), points: new Set(chosen.flatMap(pointsOf)), asked_s: chosen.reduce((sum, one) => sum + one.asked_s, 0) };
}

/** What `one` adds to the chosen besides it: of a chosen camera, what would be lost without it. */
export function additionOf(one: Candidate, chosen: readonly Candidate[], step_m: number): Addition {
  const rest = seenBy(chosen.filter((other) => other.camera !== one.camera));
  return {
    places: one.places.filter((place) => !rest.places.has(place)), asked_s: one.asked_s,
    route_m: Math.round(pointsOf(one).filter((point) => !rest.points.has(point)).length * step_m),
  };
}

/** Metres of the route that nobody of the chosen sees. */
export function unseenRoute(proposal: Proposal, seen: Seen): number {
  return Math.round((proposal.route_points - seen.points.size) * proposal.step_m);
}

/** The holders of the chosen, each with its cameras: a request asks one of them. */
export function byHolder(chosen: readonly Candidate[]): readonly { readonly id: string; readonly name: string; readonly cameras: readonly Candidate[] }[] {
  const ids = [...new Set(chosen.map((one) => one.holder))];
  return ids.map((id) => {
    const cameras = chosen.filter((one) => one.holder === id);
    return { id, name: cameras[0]?.holder_name ?? "", cameras };
  });
}

export function itemsOf(chosen: readonly Candidate[]): CartItem[] {
  return chosen.flatMap((one) => one.spans.map((span) => ({ camera: one.camera, name: one.name, from_ms: Number(span["from_s"]) * 1000, to_ms: Number(span["to_s"]) * 1000 })));
}
