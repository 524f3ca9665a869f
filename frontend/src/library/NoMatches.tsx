/** Says that a search or a filter found nothing, and takes it back. */
import { Button } from '../ui/Button'
import css from './NoMatches.module.css'
import type { Filter } from './shown'

const NOTHING: Record<Filter, string> = {
  all: 'Everything you have is archived.',
  running: 'Nothing is running.',
  failed: 'Nothing has failed.',
  archived: 'Nothing is archived.',
}

export function NoMatches(props: { search: string; filter: Filter; onClear: () => void }) {
  const { search, filter, onClear } = props
  return (
    <div className={css.box}>
      <p>{search ? `None of your workflows matches “${search}”.` : NOTHING[filter]}</p>
      {(search || filter !== 'all') && <Button onClick={onClear}>Show all</Button>}
    </div>
  )
}
