/** Says before a run whose keys its nodes use, and which of them have none. */
import { useQuery } from '@tanstack/react-query'
import { slotList } from '../../api/account'
import { list } from '../../lib/locale'
import { rich } from '../text/rich'
import { texts } from '../texts'
import css from './Caps.module.css'
import { byKey, type Whose } from './whose'

/** The keys that a workflow will use for its user, and how to look again after it has changed. */
export function useWhoseKeys(slug: string, enabled = true): [Whose[], () => void] {
  const { data, refetch } = useQuery({
    queryKey: ['slots', slug],
    queryFn: () => slotList(slug),
    enabled,
  })
  return [byKey(data), () => void refetch()]
}

/** One key in a sentence, as text. */
export const whoseWords = ({ key, origin, nodes }: Whose): string =>
  key
    ? texts.whose.usesPlain(list(nodes), key)
    : texts.whose.needsPlain(list(nodes), origin || texts.whose.aService)

export function WhoseKeys({ rows }: { rows: readonly Whose[] }) {
  if (!rows.length) return null
  return (
    <ul className={css.keys} aria-label={texts.whose.keys}>
      {rows.map(({ key, origin, nodes }) => (
        <li key={`${key} ${origin}`} data-missing={key ? undefined : true}>
          {rich(
            key
              ? texts.whose.uses(list(nodes), key)
              : texts.whose.needs(list(nodes), origin || texts.whose.aService),
            { b: words => <b>{words}</b>, key: words => <em>{words}</em> },
          )}
        </li>
      ))}
    </ul>
  )
}
