/** Which part somebody has in a retrieval as it stands. The server decides again; this says what to show. */
import type { Retrieval } from "../api/retrievals";

export interface Parts {
  readonly ask: boolean; // put it right, send, withdraw, escalate
  readonly decide: boolean; // approve, return, refuse, uphold
  readonly coordinate: boolean;
  readonly execute: boolean; // come, undertake, attest the ending
  readonly desk: boolean; // the holder's custodian
}

const DECIDES: Readonly<Record<string, string>> = {
  public_security: "retrievals.decide", department: "retrievals.hand_over", other_organ: "retrievals.hand_over", person_concerned: "retrievals.consent",
};
const AT_THE_DESK = new Set(["approved", "confirmed", "presented", "registered", "executed", "sealed"]);
const EXECUTES = new Set(["approved", "confirmed", "presented", "executed", "sealed"]);

export function partsOf(row: Retrieval, user: string, may: (right: string) => boolean): Parts {
  const own = row.requester === user;
  const waiting = row.state === "submitted" || row.state === "escalated";
  const coordinates = row.way === "department" && waiting;
  return {
    ask: may("retrievals.ask") && (["draft", "returned", "refused"].includes(row.state) || lacksApproval(row)),
    decide: waiting && !own && (may(DECIDES[row.way] ?? "") || (coordinates && row.state === "escalated" && may("retrievals.coordinate"))),
    coordinate: coordinates && row.coordinated_by === "" && may("retrievals.coordinate"),
    execute: EXECUTES.has(row.state) && may("retrievals.ask") && !may("retrievals.hand_over"),
    desk: AT_THE_DESK.has(row.state) && may("retrievals.hand_over"),
  };
}

/** A department's own approval may follow while its request waits. */
export function lacksApproval(row: Retrieval): boolean {
  return row.way === "department" && row.state === "submitted" && !row.attachments.some((one) => one.part === "own_approval");
}
