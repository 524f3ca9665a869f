/** The language of the pages: the texts of a room in it, and numbers, plurals and lists by its rules. */

const PSEUDO = 'en-XA'
const declared = globalThis.document?.documentElement.lang ?? ''

/** What `Intl` writes numbers and dates by: the language that `<html lang>` names. */
export const LOCALE =
  declared === '' || declared === 'en' || declared === PSEUDO ? 'en-GB' : declared

type Text = string | ((...values: never[]) => string)
interface TextTree {
  readonly [key: string]: Text | TextTree
}

/** What a translation of some texts is: the same keys, and functions of the same values. */
export type Translation<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: infer V) => string
      ? (...values: V) => string
      : Translation<T[K]>
}

/**
 * Return the texts of a room in the language of the page. English is the only one there is; the
 * pseudo-locale `en-XA` marks each text, so that what was never made translatable is seen.
 */
export function defineTexts<T extends TextTree>(english: T): Translation<T> {
  return (declared === PSEUDO ? marked(english) : english) as Translation<T>
}

function marked(entry: Text | TextTree): unknown {
  if (typeof entry === 'string') return accented(entry)
  if (typeof entry === 'function') return (...values: never[]) => accented(entry(...values))
  return Object.fromEntries(Object.entries(entry).map(([key, inner]) => [key, marked(inner)]))
}

const ACCENTS = 'ÁƁÇĐÉƑǦĤÍĴĶŁṀÑÓƤɊŘŠŦÚṼŴẊÝŽáƀçđéƒǧĥíĵķłɱñóƥɋřšŧúṽŵẋýž'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `⟦Šáṽé⟧`; tags for `rich` stay as they are. */
function accented(text: string): string {
  if (!text) return text
  const marked = text.replaceAll(
    /<\/?\w+>|[a-z]/gi,
    found => ACCENTS[ALPHABET.indexOf(found)] ?? found,
  )
  return `⟦${marked}⟧`
}

/** A number with its thousands apart and at most two digits behind the point: `1,204`, `0.25`. */
export const amount = (number: number): string => numbers.format(number)

/** US dollars, small ones to a hundredth of a cent: `$12.40`, `$0.0031`. */
export const money = (usd: number): string => (usd && usd < 1 ? cents : dollars).format(usd)

/** A number as it is typed, for values of fields: `829381`, `0.001`. */
export const exact = (number: number): string =>
  number.toLocaleString(LOCALE, { useGrouping: false, maximumFractionDigits: 20 })

/** A number with exactly so many digits behind the point: `3.4`, `1.0`. */
export const fixed = (number: number, digits: number): string =>
  number.toLocaleString(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })

const currency = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
const dollars = new Intl.NumberFormat(LOCALE, currency)
const cents = new Intl.NumberFormat(LOCALE, { ...currency, maximumFractionDigits: 4 })
const numbers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 })

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** The form of a sentence that belongs to a number: `plural(2, { one: '1 node', other: '2 nodes' })`. */
export const plural = (number: number, forms: Forms): string => chosen(cardinals, number, forms)

/** The same for a place in an order: 1st, 2nd, 3rd. */
export const ordinal = (number: number, forms: Forms): string => chosen(ordinals, number, forms)

const cardinals = new Intl.PluralRules(LOCALE)
const ordinals = new Intl.PluralRules(LOCALE, { type: 'ordinal' })
const chosen = (rules: Intl.PluralRules, number: number, forms: Forms): string =>
  forms[rules.select(number)] ?? forms.other

const series = new Intl.ListFormat(LOCALE, { type: 'unit' })

/** Names and short facts after one another: `one, two, three`. */
export const list = (parts: readonly string[]): string => series.format(parts)
