/** Says that a search or a filter found nothing, and takes it back. */
import { Button } from '../../ui/controls/Button'
import { texts } from '../texts'
import css from './NoMatches.module.css'
import type { Filter } from './view'

const NOTHING: Record<Filter, string> = {
  all: texts.everythingHereIsArchivedOrHidden,
  running: texts.nothingIsRunning,
  failed: texts.nothingHasFailed,
  archived: texts.nothingIsArchived,
}

interface Props {
  search: string
  filter: Filter
  tag: string | null
  /** The requested folder is not there. */
  gone?: boolean
  onClear: () => void
}

export function NoMatches({ search, filter, tag, gone, onClear }: Props) {
  const nothing = tag === null ? NOTHING[filter] : texts.nothingHereIsTaggedTag(tag)
  return (
    <div className={css.box}>
      <p>
        {gone
          ? texts.thisFolderIsNoLongerThere
          : search
            ? texts.noneOfYourWorkflowsMatchesSearch(search)
            : nothing}
      </p>
      {(gone || search || tag !== null || filter !== 'all') && (
        <Button onClick={onClear}>{texts.showAll}</Button>
      )}
    </div>
  )
}
