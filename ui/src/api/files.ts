/** Papers and pictures of an object: hand in, list, take down; the bytes come from `contentOf` as an attachment. */
import { http, request, withQuery } from "./client";
import type { components } from "./schema.gen";

export type StoredFile = components["schemas"]["FileOut"];

export interface About {
  readonly kind: string;
  readonly subject?: string;
  readonly organisation?: string; // before the object is there
  readonly part?: string;
}

export const contentOf = (id: string): string => `/api/v1/files/${encodeURIComponent(id)}/content`;

export async function uploadFile(about: About, file: File): Promise<StoredFile> {
  const { kind, subject, organisation, part } = about;
  const path = withQuery("/api/v1/files", { kind, subject, organisation, part, name: file.name.slice(0, 255) });
  return (await (await request("POST", path, { bytes: file })).json()) as StoredFile;
}

export async function filesOf(kind: string, subject: string): Promise<readonly StoredFile[]> {
  return (await http.get<{ items: readonly StoredFile[] }>("files", { kind, subject, limit: 500 })).items;
}

export const takeDown = (id: string, reason: string): Promise<StoredFile> => http.post(`files/${encodeURIComponent(id)}/remove`, { reason });
