import type { organisations as zh } from "../zh/organisations";
import type { Words } from "../words";

export const organisations: Words<typeof zh> = {
  "organisations.title": "Organisations",
  "organisations.empty": "No organisations yet",
  "organisations.sector": "Sector",
  "organisations.dissolved": "Dissolved",
  "organisations.parent": "Parent organisation",
  "organisations.credit_code": "Credit code",
  "organisations.contact": "Contact",
  "organisations.names": "Names",
  "organisations.kind.government": "Government",
  "organisations.kind.public_security": "Public security organ",
  "organisations.kind.department": "Department",
  "organisations.kind.sector_regulator": "Sector regulator",
  "organisations.kind.managing_unit": "Managing unit",
  "organisations.kind.contractor": "Contractor",
  "organisations.kind.platform": "Sharing platform",
  "organisations.kind.inspection_body": "Inspection body",
  "organisations.kind.military": "Military",
  "organisations.kind.classified_unit": "Classified unit",
  "organisations.kind.judicial": "Judicial organ",
  "people.title": "People",
  "people.empty": "No people yet",
  "people.name": "Name",
};
