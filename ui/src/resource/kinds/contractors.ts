import { act } from "../../api/filings";
import { http } from "../../api/client";
import { pick, t, tOr } from "../../i18n";
import type { Resource } from "../resource";
import { fact, findOrganisations, historyOf, lister, namer, words, yesNo, type Schemas } from "./shared";

type Certificate = Schemas["QualificationOut"];
type Agreement = Schemas["AgreementOut"];
const KINDS = ["business_licence", "engineering_design_qualification", "construction_qualification", "work_safety_licence", "guard_permit"] as const;
const TERMS = ["network_security", "data_security", "personal_information", "supervision", "no_other_use", "no_keeping", "no_disclosure"] as const;
const WORKS = ["design", "construction", "maintenance", "operation"] as const;

/** The civil day in Shanghai, where the days of certificates and agreements count. */
function shanghaiToday(): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());
}

const kind = (value: string): string => tOr(`contractors.kind.${value}`, value);
/** The law's word on an agreement, as it was registered. */
function saidOf(judgement: object): string {
  const { reason } = judgement as { readonly reason: { readonly zh: string; readonly en: string } };
  return pick(reason);
}
const work = (value: string): string => tOr(`contractors.work.${value}`, value);

async function found<Row extends { readonly id: string }>(path: string, id: string): Promise<Row> {
  let cursor: string | null = null;
  do {
    const page: { items: readonly Row[]; next: string | null } = await http.get(path, { cursor, limit: 1000 });
    const row = page.items.find((one) => one.id === id);
    if (row) return row;
    cursor = page.next;
  } while (cursor !== null);
  return http.get<Row>(`${path}/${encodeURIComponent(id)}`); // answers that there is none
}

export const certificates: Resource<Certificate> = {
  name: "qualification",
  title: "contractors.title",
  empty: "contractors.certificates.empty",
  label: (row) => row.number,
  columns: [
    { title: "contractors.organisation", value: (row) => row.organisation_name, strong: true },
    { title: "contractors.kind", value: (row) => kind(row.kind) },
    { title: "contractors.number", value: (row) => row.number, numbers: true },
    { title: "contractors.issuer", value: (row) => row.issuer },
    { title: "contractors.until", value: () => t("contractors.until.none"), due: (row) => (row.until_date.length === 10 ? [row.until_date, shanghaiToday()] : null) },
  ],
  filters: [{ name: "organisation", title: "contractors.organisation", choices: findOrganisations, search: true, needs: "organisations.read" }],
  search: false,
  list: lister<Certificate>("qualifications"),
  show: async (id) => {
    const one = await found<Certificate>("qualifications", id);
    return {
      label: one.organisation_name, version: one.version, values: {}, rows: [],
      facts: [
        fact("contractors.organisation", one.organisation_name), fact("contractors.kind", kind(one.kind)), fact("contractors.number", one.number),
        fact("contractors.issuer", one.issuer), fact("contractors.since", one.since_date), fact("contractors.until", one.until_date || t("contractors.until.none")),
      ],
    };
  },
  history: historyOf("qualification"),
  manage: "organisations.qualifications_change",
  fields: [
    { name: "organisation", title: "contractors.organisation", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
    { name: "kind", title: "contractors.kind", kind: "choice", required: true, choices: () => words("contractors.kind", KINDS) },
    { name: "number", title: "contractors.number", kind: "text" },
    { name: "issuer", title: "contractors.issuer", kind: "text" },
    { name: "since_date", title: "contractors.since", kind: "day" },
    { name: "until_date", title: "contractors.until", kind: "day" },
  ],
  create: (values, once) => http.create<{ id: string }>("qualifications", values, once),
};

export const agreements: Resource<Agreement> = {
  name: "agreement",
  title: "contractors.title",
  empty: "contractors.agreements.empty",
  label: (row) => row.number,
  columns: [
    { title: "contractors.contractor", value: (row) => row.contractor_name, strong: true },
    { title: "contractors.client", value: (row) => row.client_name },
    { title: "contractors.work", value: (row) => work(row.work) },
    { title: "contractors.agreement.number", value: (row) => row.number, numbers: true },
    { title: "contractors.ended", value: (row) => row.ended_date, numbers: true },
    { title: "contractors.agreement.until", value: (row) => row.until_date, due: (row) => (row.ended_date === "" && row.until_date.length === 10 ? [row.until_date, shanghaiToday()] : null) },
  ],
  filters: [],
  search: false,
  list: lister<Agreement>("agreements"),
  show: async (id) => {
    const one = await found<Agreement>("agreements", id);
    return {
      label: one.contractor_name, version: one.version, values: {}, rows: [], done: one.ended_date !== "",
      facts: [
        fact("contractors.contractor", one.contractor_name), fact("contractors.client", one.client_name), fact("contractors.work", work(one.work)),
        fact("contractors.agreement.number", one.number), fact("contractors.since", one.since_date), fact("contractors.agreement.until", one.until_date),
        fact("contractors.ended", one.ended_date), fact("contractors.client_duties", one.client_duties), fact("contractors.contractor_duties", one.contractor_duties),
        fact("contractors.confidentiality", yesNo(one.confidentiality)),
        fact("contractors.terms", one.terms.map((term) => tOr(`contractors.term.${term}`, term)).join(t("common.list"))),
        fact("contractors.judgement", one.judgement === null ? "" : saidOf(one.judgement)),
      ],
    };
  },
  history: historyOf("agreement"),
  manage: "organisations.agreements_change",
  fields: [
    { name: "client", title: "contractors.client", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
    { name: "contractor", title: "contractors.contractor", kind: "choice", required: true, search: true, choices: findOrganisations, named: namer("organisations") },
    { name: "work", title: "contractors.work", kind: "choice", required: true, choices: () => words("contractors.work", WORKS) },
    { name: "number", title: "contractors.agreement.number", kind: "text" },
    { name: "since_date", title: "contractors.since", kind: "day", required: true },
    { name: "until_date", title: "contractors.agreement.until", kind: "day", required: true },
    { name: "client_duties", title: "contractors.client_duties", kind: "long" },
    { name: "contractor_duties", title: "contractors.contractor_duties", kind: "long" },
    { name: "confidentiality", title: "contractors.confidentiality", kind: "choice", choices: () => [{ value: "yes", label: t("common.yes") }, { value: "no", label: t("common.no") }] },
    { name: "terms", title: "contractors.terms", kind: "many", choices: () => words("contractors.term", TERMS) },
  ],
  create: (values, once) => http.create<{ id: string }>("agreements", { ...values, confidentiality: values["confidentiality"] === "yes" }, once),
  actions: [
    {
      name: "end", title: "contractors.end", needs: "organisations.agreements_change", reason: "contractors.end.reason",
      run: (id, version, reason) => act(`agreements/${encodeURIComponent(id)}/end`, { on_date: shanghaiToday(), reason }, version),
    },
  ],
};
