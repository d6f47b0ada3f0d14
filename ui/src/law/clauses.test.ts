import { describe, expect, it } from "vitest";

import { filtered, grouped, type Clause } from "./clauses";

const clause = (pack: string, address: string, obliges: string, status: Clause["status"] = "bound"): Clause => ({
  address, confidence: "certain", document: `${pack} law`, key: `${pack} ${address}`, label: address, obliges, pack, printed: "", status, whom: [{ label: "管理单位", name: "managing_unit" }],
});
const ALL = [clause("a", "7.1", "安装"), clause("a", "13.1", "接口", "planned"), clause("a", "7.2", "保存"), clause("b", "1", "Keep records")];

describe("the list of clauses", () => {
  it("is found by all words, in any place and case, with pack and status", () => {
    expect(filtered(ALL, { text: "keep B", pack: "", status: "" }).map((one) => one.key)).toEqual(["b 1"]);
    expect(filtered(ALL, { text: "管理单位", pack: "a", status: "planned" }).map((one) => one.key)).toEqual(["a 13.1"]);
  });

  it("is grouped by pack and article in the order given", () => {
    expect(grouped(ALL).map((pack) => [pack.pack, pack.document, pack.articles.map((article) => [article.label, article.clauses.length])])).toEqual([
      ["a", "a law", [["7", 2], ["13", 1]]], ["b", "b law", [["1", 1]]],
    ]);
  });
});
