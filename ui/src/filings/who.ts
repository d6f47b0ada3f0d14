/** Whose turn each event of a filing is, and the permission it takes. */
import type { Key } from "../i18n";

const FILER = { who: "filings.who.filer", needs: "filings.file" } as const;
const ORGAN = { who: "filings.who.organ", needs: "filings.decide" } as const;
const TURNS: Readonly<Record<string, { readonly who: Key; readonly needs: string }>> = {
  submit: FILER, resubmit: FILER, submit_change: FILER, withdraw: FILER, return: ORGAN, register: ORGAN, close: ORGAN,
};

export const whoseTurn = (event: string): Key => TURNS[event]?.who ?? "filings.who.program";
export const permissionFor = (event: string): string | null => TURNS[event]?.needs ?? null;

/** Parts that are papers to hand in; the other parts are fields, or come from the register. */
export const PAPER_PARTS = ["drawings", "authorisation_letter", "business_licence"] as const;
/** Parts the register itself holds. */
export const REGISTER_PARTS = ["unit", "location", "devices_number", "devices_kind", "storage_period"] as const;
/** Parts that departments may share among each other (sc799 14.3). */
export const SHAREABLE_PARTS = ["unified_social_credit_code", "unit", "location", "business_licence"] as const;
