/** What a picker of keys offers, and how it names what is chosen. No React. */

import type { Credential } from '../../api/schema'
/** The option that opens the dialog for a new key. */
export const NEW = 'new'
/** What a document says where a key was left out for whoever has it now. */
export const WANTED = 'choose'

interface Wishes {
  wanted?: boolean
  provider?: string
  origin?: string
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
  { wanted, provider, origin }: Wishes,
): { options: Option[]; missing: boolean } {
  const fits = (row: Credential) => !origin || row.allowedOrigins.includes(origin)
  const known = rows?.find(row => row.id === value)
  const unknown = Boolean(value) && rows !== undefined && !known
  const options: Option[] = []
  if (unknown) {
    options.push({
      value,
      text: value === WANTED ? 'Choose a key…' : 'Deleted key: choose another',
    })
  } else if (value && !rows) options.push({ value, text: '…' })
  const none = provider ? `Your newest ${provider} key` : 'None'
  options.push({ value: '', text: wanted && !value ? 'Choose a key…' : none })
  const sorted = [...(rows ?? [])].sort((a, b) => Number(fits(b)) - Number(fits(a)))
  for (const row of sorted) {
    const text = `${row.name} (…${row.last4})`
    options.push({ value: row.id, text: fits(row) ? text : `${text}, not for ${origin}` })
  }
  options.push({ value: NEW, text: 'New…' })
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
