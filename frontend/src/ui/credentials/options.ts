/** What a picker of keys offers, and how it names what is chosen. No React. */

import type { Credential } from '../../api/schema'
import { texts } from '../texts'
/** The option that opens the dialog for a new key. */
export const NEW = 'new'
/** What a document says where a key was left out for its owner now. */
export const WANTED = 'choose'

interface Request {
  wanted?: boolean | undefined
  provider?: string | undefined
  origin?: string | undefined
}

export interface Option {
  value: string
  text: string
}

/**
 * The options, and whether what is chosen is missing. Keys that may be sent to the origin come
 * first; `rows` is undefined as long as they are not known.
 */
export function keyOptions(
  rows: readonly Credential[] | undefined,
  value: string,
  { wanted, provider, origin }: Request,
): { options: Option[]; missing: boolean } {
  const fits = (row: Credential) => !origin || row.allowedOrigins.includes(origin)
  const known = rows?.find(row => row.id === value)
  const unknown = Boolean(value) && rows !== undefined && !known
  const options: Option[] = []
  if (unknown) {
    options.push({
      value,
      text: value === WANTED ? texts.chooseAKey : texts.deletedKey,
    })
  } else if (value && !rows) options.push({ value, text: '…' })
  const none = provider ? texts.yourNewestProviderKey(provider) : texts.none
  options.push({ value: '', text: wanted && !value ? texts.chooseAKey : none })
  const sorted = [...(rows ?? [])].sort((a, b) => Number(fits(b)) - Number(fits(a)))
  for (const row of sorted) {
    const text = `${row.name} (…${row.last4})`
    options.push({
      value: row.id,
      text: fits(row) || !origin ? text : texts.notForOrigin(text, origin),
    })
  }
  options.push({ value: NEW, text: texts.new })
  return { options, missing: unknown || (Boolean(wanted) && !value) }
}

/** The origin of a URL that was typed; '' where it is none yet. */
export function originOf(url: unknown): string {
  if (typeof url !== 'string' || !/^https?:\/\/[^/{}\s]+/i.test(url)) return ''
  try {
    return new URL(url.replaceAll(/[{}]/g, '')).origin
  } catch {
    return ''
  }
}
