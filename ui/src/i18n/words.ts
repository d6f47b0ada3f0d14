/** How the words of the subjects become one dictionary, checked by the compiler. */

type Subject = Readonly<Record<string, string>>;
type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;

/** What English must give for a subject whose Chinese words are `Zh`: the same keys, no fewer and no more. */
export type Words<Zh> = { readonly [K in keyof Zh]: string };

/** All keys of all subjects. */
export type Merged<Subjects extends readonly Subject[]> = Intersection<Subjects[number]>;

/** `true` when no key is in two of the subjects, else the type of the keys that are. */
export type Disjoint<Subjects extends readonly Subject[], Seen = never> = Subjects extends readonly [
  infer First, ...infer Rest extends readonly Subject[],
]
  ? [keyof First & Seen] extends [never] ? Disjoint<Rest, Seen | keyof First> : { readonly twice: keyof First & Seen }
  : true;

export function merge<const Subjects extends readonly Subject[]>(subjects: Subjects): Merged<Subjects> {
  return Object.assign({}, ...subjects) as Merged<Subjects>;
}
