/** The list of clauses: what fits, by pack and article. */
import type { components } from "../api/schema.gen";

export type Clause = components["schemas"]["ClauseOut"];

export interface ArticleGroup {
  readonly label: string; // the address without its items: `13` of `13.1`
  readonly clauses: readonly Clause[];
}

export interface PackGroup {
  readonly pack: string;
  readonly document: string; // the regulation's name
  readonly articles: readonly ArticleGroup[];
}

export function filtered(clauses: readonly Clause[], wanted: { readonly text: string; readonly pack: string; readonly status: string }): readonly Clause[] {
  const words = wanted.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return clauses.filter((clause) => {
    const all = `${clause.key} ${clause.label} ${clause.printed} ${clause.obliges} ${clause.whom.map((one) => one.label).join(" ")}`.toLowerCase();
    return (wanted.pack === "" || clause.pack === wanted.pack) && (wanted.status === "" || clause.status === wanted.status) && words.every((word) => all.includes(word));
  });
}

/** In the server's order, which is the order of the text. */
export function grouped(clauses: readonly Clause[]): readonly PackGroup[] {
  const packs = new Map<string, Map<string, Clause[]>>();
  for (const clause of clauses) {
    const articles = packs.get(clause.pack) ?? new Map<string, Clause[]>();
    packs.set(clause.pack, articles);
    const article = clause.address.split(".")[0] ?? clause.address;
    articles.set(article, [...(articles.get(article) ?? []), clause]);
  }
  return [...packs].map(([pack, articles]) => ({
    pack, document: clauses.find((one) => one.pack === pack)?.document ?? pack, articles: [...articles].map(([label, all]) => ({ label, clauses: all })),
  }));
}
