import type { places as zh } from "../zh/places";
import type { Words } from "../words";

export const places: Words<typeof zh> = {
  "places.title": "Places",
  "places.empty": "No places yet",
  "places.organisation": "Managing organisation",
  "places.kinds": "Kinds of place",
  "places.parts": "Parts",
  "places.rooms": "Rooms",
  "places.duties": "Duties",
  "places.public": "Public place",
  "places.movable": "Movable (a vehicle or the like)",
  "places.licence": "Licence",
  "places.categories": "Listed by: {cited}",
  "places.bearers": "Borne by: {roles} ({cited})",
  "places.role.government_department": "government department",
  "places.role.managing_unit": "managing unit",
  "places.role.using_unit": "using unit",
  "places.role.security_duty_holder": "holder of the security duty",
};
