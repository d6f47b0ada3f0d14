/** The calls of the projects' screens. */
import { http } from "./client";
import { act } from "./filings";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type ProjectRow = Schemas["ProjectOut"];
export type Project = Schemas["ProjectFullOut"];
export type ProjectChange = Partial<Schemas["ProjectChangeIn"]>;
export type Work = Schemas["WorkIn"];

const path = (id: string): string => `projects/${encodeURIComponent(id)}`;

export const projectsApi = {
  get: (id: string): Promise<Project> => http.get(path(id)),
  change: (project: Project, body: ProjectChange): Promise<Project> => http.patch(path(project.id), body, project.version),
  step: (project: Project, event: string, date: string): Promise<Project> => act(`${path(project.id)}/step`, { event, date }, project.version),
};
