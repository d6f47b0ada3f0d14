/** Words in the chosen language. `t` is reactive through `language`; a key that does not exist does not compile. */
import { ref } from "vue";

import { en } from "./en";
import { zh, type Dictionary, type Key } from "./zh";

export type { Key } from "./zh";
export type LanguageCode = "zh" | "en";

const DICTIONARIES: Record<LanguageCode, Dictionary> = { zh, en };

export const language = ref<LanguageCode>("zh");

/** The words of `key`, with `{name}` replaced from `values`, and `{name|day|days}` by the first form for 1, else by the second. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return DICTIONARIES[language.value][key].replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, several?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return one === undefined || several === undefined ? String(value) : String(value) === "1" ? one : several;
  });
}

/** For keys made from what the server says: the words, or `otherwise` when we have none for it. */
export function tOr(key: string, otherwise: string): string {
  return key in zh ? t(key as Key) : otherwise;
}

/** Pick the text in the user's language out of a pair. */
export function pick(pair: { readonly zh: string; readonly en: string }): string {
  return language.value === "zh" ? pair.zh || pair.en : pair.en || pair.zh;
}

/** Words that stand alone begin with a capital, where the language has them. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
