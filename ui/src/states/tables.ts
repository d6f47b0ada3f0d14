/** State tables by name, asked once. */
import { http } from "../api/client";
import type { StateTable } from "./diagram";

const asked = new Map<string, Promise<StateTable>>();

export function stateTable(name: string): Promise<StateTable> {
  let table = asked.get(name);
  if (!table) {
    table = http.get<StateTable>(`law/states/${name}`).catch((failure: unknown) => {
      asked.delete(name); // asked again after a failure
      throw failure;
    });
    asked.set(name, table);
  }
  return table;
}
