/** What the generic page must know of a kind of object: how it is listed, shown, judged and changed. */
import type { About } from "../api/files";
import type { Query } from "../api/client";
import type { Key } from "../i18n";
import type { Page } from "./cursor_list";

export interface Column<Row> {
  readonly title: Key;
  readonly value: (row: Row) => string;
  readonly tone?: (row: Row) => string; // a class
  readonly due?: (row: Row) => readonly [due: string, today: string] | null; // shown as a countdown
  readonly strong?: boolean; // the name: what one looks for
  readonly numbers?: boolean;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Filter {
  readonly name: string; // of the query
  readonly title: Key;
  readonly choices: (text: string) => readonly Choice[] | Promise<readonly Choice[]>; // searched on the server when `search`
  readonly search?: boolean;
  readonly needs?: string; // the permission without which the choices are not to be had: no filter then
}

/** A field of the form, by its name in the request. */
export interface Field {
  readonly name: string;
  readonly title: Key;
  readonly kind: "text" | "long" | "choice" | "many" | "day" | "file";
  readonly required?: boolean;
  readonly only?: "create" | "edit";
  readonly hint?: Key;
  readonly choices?: (text: string) => readonly Choice[] | Promise<readonly Choice[]>; // searched on the server when `search`
  readonly search?: boolean;
  readonly named?: (value: string) => Promise<Choice>; // the words for a value that no search has found yet
  readonly about?: (values: Values) => Promise<About | null>; // of a file: what it will belong to; null: not to be told yet
}

/** The values of a form; what was not touched is absent when editing, so that nothing is sent that nobody changed. */
export type Values = Record<string, unknown>;

export interface Fact {
  readonly title: Key;
  readonly value: string;
  readonly numbers?: boolean;
}

/** A judgement as the API shows it, under a heading. */
export interface Judged {
  readonly title: string;
  readonly verdict: string;
  readonly said: string;
  readonly remedy: string;
  readonly cited: readonly { readonly key: string; readonly printed: string; readonly certain: boolean }[];
  readonly lines: readonly string[]; // what else belongs to it, in sentences
}

/** Dated facts under a heading: names, parties, duties. */
export interface Rows {
  readonly title: Key;
  readonly lines: readonly { readonly text: string; readonly dates: string; readonly to?: string | undefined; readonly over?: boolean }[]; // `to`: a place of ours
}

export interface Shown {
  readonly version: number;
  readonly values: Values; // what the form begins with when editing
  readonly facts: readonly Fact[];
  readonly rows: readonly Rows[];
  readonly picture?: string | null; // where it is
  readonly links?: readonly { readonly title: Key; readonly href: string }[];
  readonly done?: boolean; // it is over: nothing can be changed any more
  readonly score?: { readonly percent: number; readonly missing: readonly string[] };
}

export interface HistoryEntry {
  readonly id: number;
  readonly at: string;
  readonly actor_name: string;
  readonly title: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly reason: string;
  readonly outcome: string;
}

/** Something to do with one object beyond changing its fields; with a reason, or a form, where one is asked for. */
export interface Action {
  readonly name: string;
  readonly title: Key;
  readonly needs: string;
  readonly reason?: Key;
  readonly fields?: (id: string) => readonly Field[];
  readonly run: (id: string, version: number, reason: string, values: Values, once: string) => Promise<unknown>;
}

export interface Resource<Row extends { readonly id: string }> {
  readonly name: string; // in `data-test`, and the kind in the audit record
  readonly title: Key;
  readonly empty: Key; // when nothing is there at all
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter[];
  readonly search?: false; // its list has no search by text
  readonly list: (query: Query, cursor: string | null, signal: AbortSignal) => Promise<Page<Row>>;
  readonly label: (row: Row) => string;
  readonly path?: (row: { readonly id: string }) => string; // of the screen that shows one; without it, a drawer does
  readonly show?: (id: string) => Promise<Shown & { readonly label: string }>;
  readonly judge?: (id: string) => Promise<readonly Judged[]>;
  readonly history?: (id: string, cursor: string | null) => Promise<Page<HistoryEntry>>;
  readonly fields?: readonly Field[];
  readonly manage?: string; // the permission to create and change; the server decides again
  readonly create?: (values: Values, once: string) => Promise<{ readonly id: string }>;
  readonly change?: (id: string, values: Values, version: number) => Promise<unknown>;
  readonly actions?: readonly Action[];
  readonly photos?: { readonly kind: string; readonly keep: string }; // of files; the permission to add and take down
}
