import { http } from "../../api/client";
import type { ProjectRow } from "../../api/projects";
import type { Resource } from "../resource";
import { finder, lister, words } from "./shared";

const STATES = ["proposed", "sited", "designed", "under_construction", "trial_running", "accepted", "in_use", "refused", "abandoned"] as const;
const KINDS = ["new", "rebuilt", "extended", "other"] as const;
const findSystems = finder("systems");

export const projects: Resource<ProjectRow> = {
  name: "project",
  title: "projects.title",
  empty: "projects.empty",
  label: (row) => row.name,
  path: (row) => `/projects/${encodeURIComponent(row.id)}`,
  columns: [
    { title: "resource.name", value: (row) => row.name, strong: true },
    { title: "projects.system", value: (row) => row.system_name },
    { title: "projects.builder", value: (row) => row.organisation_name },
    { title: "filings.state", value: (row) => row.state_label, tone: (row) => (row.state === "refused" ? "mj-bad" : row.state === "in_use" ? "mj-good" : "") },
  ],
  filters: [
    { name: "state", title: "filings.state", choices: () => words("projects.state", STATES) },
    { name: "system", title: "projects.system", choices: findSystems, search: true, needs: "registry.system.read" },
  ],
  list: lister<ProjectRow>("projects"),
  manage: "projects.build",
  fields: [
    { name: "name", title: "resource.name", kind: "text", required: true },
    { name: "system", title: "projects.system", kind: "choice", required: true, search: true, choices: findSystems },
    { name: "kind", title: "projects.kind", kind: "choice", choices: () => words("projects.kind", KINDS) },
  ],
  create: (values, once) => http.create<{ id: string }>("projects", values, once),
};
