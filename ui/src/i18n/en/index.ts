/** The same in English: a key that Chinese has and English lacks, or the other way round, does not compile. */
import { merge } from "../words";
import type { Dictionary } from "../zh";
import { audit } from "./audit";
import { cameras } from "./cameras";
import { common } from "./common";
import { devices } from "./devices";
import { discovery } from "./discovery";
import { filings } from "./filings";
import { identity } from "./identity";
import { importWords } from "./imports";
import { live } from "./live";
import { lock } from "./lock";
import { login } from "./login";
import { map } from "./map";
import { masks } from "./masks";
import { monitoring } from "./monitoring";
import { nav } from "./nav";
import { passkey } from "./passkey";
import { planningWords } from "./planning";
import { playback } from "./playback";
import { secondFactor } from "./second_factor";
import { resource } from "./resource";
import { organisations } from "./organisations";
import { places } from "./places";
import { systems } from "./systems";
import { law } from "./law";
import { leads } from "./leads";
import { report } from "./report";
import { custody } from "./custody";
import { retention } from "./retention";
import { retrieval } from "./retrieval";
import { projects } from "./projects";
import { removals } from "./removals";
import { contractors } from "./contractors";
import { signs } from "./signs";
import { settings } from "./settings";
import { shortcuts } from "./shortcuts";
import { system } from "./system";
import { timeline } from "./timeline";
import { todo } from "./todo";
import { tokens } from "./tokens";
import { users } from "./users";

const subjects = [
  audit,
  cameras,
  common,
  devices,
  discovery,
  filings,
  identity,
  importWords,
  live,
  lock,
  login,
  map,
  masks,
  monitoring,
  nav,
  passkey,
  planningWords,
  playback,
  secondFactor,
  resource,
  organisations,
  places,
  systems,
  law,
  leads,
  report,
  custody,
  retention,
  retrieval,
  settings,
  signs,
  projects,
  removals,
  contractors,
  shortcuts,
  system,
  timeline,
  todo,
  tokens,
  users,
] as const;

export const en: Dictionary = merge(subjects);
