/** A list of the server on a screen of its own: read when shown, again when told, further on demand. */
import { onMounted, onUnmounted, shallowRef, type ShallowRef } from "vue";

import { http, type Query } from "../api/client";
import { CursorReader, EMPTY_LIST, type CursorList, type Page } from "./cursor_list";

export interface ShownList<Row> {
  readonly list: ShallowRef<CursorList<Row>>;
  readonly load: () => Promise<void>;
  readonly more: () => void;
}

export function useList<Row>(path: () => string, query: () => Query = () => ({})): ShownList<Row> {
  const list = shallowRef<CursorList<Row>>(EMPTY_LIST);
  const reader = new CursorReader<Row>((now) => (list.value = now));
  const page = (cursor: string | null, signal: AbortSignal): Promise<Page<Row>> => http.get(path(), { ...query(), cursor, limit: 50 }, signal);
  const load = (): Promise<void> => reader.read(page);
  onMounted(() => void load());
  onUnmounted(() => reader.stop());
  return { list, load, more: () => void reader.more(page) };
}
