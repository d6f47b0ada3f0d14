/** Which words belong to what the server names. */
export const DUTIES = [
  "urban_management", "transport", "housing_construction", "natural_resources_planning", "big_data", "emergency_management",
  "development_reform", "finance", "industry_information", "market_regulation",
] as const; // the departments that qd204 3.3 names

export const RESPONSIBLE = (role: string): string => `planning.role.${role}`;

/** Fen as yuan: "12,000.00". */
export function yuan(fen: number): string {
  return (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
