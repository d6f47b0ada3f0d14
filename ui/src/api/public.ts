/** What people without an account may ask of us: a sign, a report, how it stands. */
import { http } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type PublicSign = Schemas["PublicSignOut"];
export type Receipt = Schemas["ReceiptOut"];
export type Standing = Schemas["StandingOut"];
export type NewReport = Schemas["ReportIn"];

const keyed = (receipt: Receipt): Readonly<Record<string, string>> => ({ "X-Receipt-Key": receipt.key });

export const reports = {
  /** Also sets the cookie without which nothing can be sent. */
  begin: (): Promise<unknown> => http.get("setup"),
  districts: (): Promise<readonly Schemas["DistrictOut"][]> => http.get("public/districts"),
  sign: (id: string): Promise<PublicSign> => http.get(`public/signs/${encodeURIComponent(id)}`),
  send: (report: NewReport): Promise<Receipt> => http.post("public/reports", report),
  addPicture: (receipt: Receipt, picture: Blob): Promise<Schemas["PicturesOut"]> =>
    http.upload("public/pictures", picture, { receipt: receipt.receipt }, keyed(receipt)),
  standing: (receipt: Receipt): Promise<Standing> => http.getAs(`public/reports/${encodeURIComponent(receipt.receipt)}`, keyed(receipt)),
};
