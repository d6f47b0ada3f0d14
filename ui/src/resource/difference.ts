/** Before and after of an entry of the record, field by field. */
export interface Difference {
  readonly field: string;
  readonly before: string | null; // null: was not there
  readonly after: string | null;
}

type Values = Readonly<Record<string, unknown>> | null | undefined;

export function written(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value, null, typeof value === "object" && value !== null ? 1 : 0);
}

/** Fields that differ, in the order of `before`, then what is new. */
export function differences(before: Values, after: Values): readonly Difference[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const side = (values: Values, field: string): string | null => (values && field in values ? written(values[field]) : null);
  return [...fields]
    .map((field) => ({ field, before: side(before, field), after: side(after, field) }))
    .filter((one) => one.before !== one.after);
}
