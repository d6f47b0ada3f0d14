/** The form of a request as values: what it sends on each way. */
import type { NewRequest, Retrieval, Way } from "../api/retrievals";
import { spansOf, type CartItem } from "./cart";

export interface RequestForm {
  way: Exclude<Way, "emergency"> | "";
  organisation: string;
  case: string;
  legal_basis: string;
  duty: "" | "law_enforcement" | "emergency_handling";
  purpose: string;
  form: "view" | "copy" | "take";
  own_approval_file: string;
  relation: "" | "self" | "close_relative" | "carer";
  protects: "" | "life_health" | "property";
  identity_file: string;
  relation_file: string;
  person_name: string;
  person_number: string;
}

export function emptyForm(): RequestForm {
  return {
    way: "", organisation: "", case: "", legal_basis: "", duty: "", purpose: "", form: "view", own_approval_file: "", relation: "", protects: "", identity_file: "", relation_file: "",
    person_name: "", person_number: "",
  };
}

/** The body to check or to keep: fields of other ways are left out. Null while it cannot be asked about. */
export function bodyOf(form: RequestForm, items: readonly CartItem[]): NewRequest | null {
  if (form.way === "" || form.organisation === "" || items.length === 0 || items.some((one) => one.from_ms >= one.to_ms)) return null;
  const person = form.way === "person_concerned";
  if (person && (form.person_name.trim() === "" || form.person_number.trim() === "")) return null;
  return {
    way: form.way, organisation: form.organisation, spans: spansOf(items), purpose: form.purpose.trim(),
    case: person ? "" : form.case.trim(), legal_basis: person ? "" : form.legal_basis.trim(), duty: person ? "" : form.duty, form: person ? "view" : form.form,
    own_approval_file: person ? "" : form.own_approval_file, relation: person ? form.relation : "", protects: person ? form.protects : "",
    identity_file: person ? form.identity_file : "", relation_file: person ? form.relation_file : "",
    person_name: person ? form.person_name.trim() : "", person_number: person ? form.person_number.trim() : "",
  };
}

/** A request that was returned or never sent, to be put right. */
export function formOf(row: Retrieval): { readonly form: RequestForm; readonly items: readonly CartItem[] } {
  const form = {
    ...emptyForm(), way: row.way as RequestForm["way"], organisation: row.organisation, case: row.case, legal_basis: row.legal_basis, duty: row.duty as RequestForm["duty"],
    purpose: row.purpose, form: row.form, relation: row.relation as RequestForm["relation"], protects: row.protects as RequestForm["protects"],
  };
  return { form, items: row.asked.map((one) => ({ camera: one.camera, name: one.camera_name, from_ms: one.from_s * 1000, to_ms: one.to_s * 1000 })) };
}

/** What may be changed of it (the way, the body and the person stay): files only when a new one was handed in. */
export function changesOf(form: RequestForm, items: readonly CartItem[]): Partial<NewRequest> {
  const files = (["own_approval_file", "identity_file", "relation_file"] as const).filter((name) => form[name] !== "");
  return {
    spans: spansOf(items), purpose: form.purpose.trim(), form: form.form,
    ...(form.way === "person_concerned" ? {} : { case: form.case.trim(), legal_basis: form.legal_basis.trim(), ...(form.duty === "" ? {} : { duty: form.duty }) }),
    ...(form.relation === "" ? {} : { relation: form.relation }), ...(form.protects === "" ? {} : { protects: form.protects }),
    ...Object.fromEntries(files.map((name) => [name, form[name]])),
  };
}
