/** Public release of retrieved footage. */
import { http } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Release = Schemas["ReleaseOut"];
export type Releases = Schemas["ReleasesOut"];

const id = encodeURIComponent;

export const releaseCalls = {
  list: (retrieval: string): Promise<Releases> => http.get(`retrievals/${id(retrieval)}/releases`),
  ask: (retrieval: string, body: Schemas["ReleaseIn"], once: string): Promise<Release> => http.create(`retrievals/${id(retrieval)}/releases`, body, once),
  check: (row: Release, body: Schemas["ReleaseCheckIn"]): Promise<Release> => http.act(`releases/${id(row.id)}/check`, body, row.version),
};
