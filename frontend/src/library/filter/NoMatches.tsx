/** Says that a search or a filter found nothing, and takes it back. */
import { Button } from '../../ui/controls/Button'
import css from './NoMatches.module.css'
import type { Filter } from './view'

const NOTHING: Record<Filter, string> = {
  all: 'Everything here is archived or hidden.',
  running: 'Nothing is running.',
  failed: 'Nothing has failed.',
  archived: 'Nothing is archived.',
}

interface Props {
  search: string
  filter: Filter
  tag: string | null
  /** The folder that was asked for is not there. */
  gone?: boolean
  onClear: () => void
}

export function NoMatches({ search, filter, tag, gone, onClear }: Props) {
  const nothing = tag === null ? NOTHING[filter] : `Nothing here is tagged ${tag}.`
  return (
    <div className={css.box}>
      <p>
        {gone
          ? 'This folder is no longer there.'
          : search
            ? `None of your workflows matches “${search}”.`
            : nothing}
      </p>
      {(gone || search || tag !== null || filter !== 'all') && (
        <Button onClick={onClear}>Show all</Button>
      )}
    </div>
  )
}
