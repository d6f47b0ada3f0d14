/** Regions drawn over the footage of a package. Times are milliseconds of UTC, corners fractions of the picture. */
import { http, request } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Redaction = Schemas["RedactionOut"];
export type Region = Schemas["RegionOut"];
export type RedactionFilm = Schemas["FilmOut"];

const id = encodeURIComponent;
const under = (retrieval: string, one = ""): string => `retrievals/${id(retrieval)}/redactions${one === "" ? "" : `/${id(one)}`}`;

export const redactions = {
  list: (retrieval: string): Promise<readonly Redaction[]> => http.get(under(retrieval)),
  get: (retrieval: string, one: string): Promise<Redaction> => http.get(under(retrieval, one)),
  begin: (retrieval: string, made: string, once: string): Promise<Redaction> => http.create(`retrievals/${id(retrieval)}/packages/${id(made)}/redactions`, {}, once),
  draw: (retrieval: string, row: Redaction, regions: readonly Region[]): Promise<Redaction> => http.put(`${under(retrieval, row.id)}/regions`, { regions }, row.version),
  order: (retrieval: string, row: Redaction): Promise<Redaction> => http.act(`${under(retrieval, row.id)}/order`, {}, row.version),
  cancel: (retrieval: string, row: Redaction): Promise<Redaction> => http.post(`${under(retrieval, row.id)}/cancel`),
  /** A film to draw on, or one with its regions filled: whole, so that one can step through it. Each call is a look. */
  film: async (retrieval: string, row: Redaction, kind: "work" | "films", name: string): Promise<Blob> => (await request("GET", `/api/v1/${under(retrieval, row.id)}/${kind}/${id(name)}`)).blob(),
  content: (retrieval: string, row: Redaction): string => `/api/v1/${under(retrieval, row.id)}/content`,
};
