/** The head of a card: type color, title (double click to rename), state in words, run button. */
import { ChevronRight, Play } from 'lucide-react'
import { useStore } from 'zustand'
import { ownTitle } from '../../catalog/title'
import { isCollapsed } from '../../document/frames'
import { Glyph } from '../../ui/ports/Glyph'
import { setField } from '../edits/commands'
import { collapse } from '../edits/frames'
import type { CardData } from '../flow/flow'
import { useSession } from '../session'
import css from './CardHeader.module.css'
import { CardStatus } from './CardStatus'
import { TitleInput } from './TitleInput'
import { texts } from './texts'

interface Props {
  id: string
  data: CardData
  stale: boolean
  /** Whether the view is at rest, so that buttons can be pressed. */
  atRest: boolean
}

export function CardHeader({ id, data, stale, atRest }: Props) {
  const session = useSession()
  const { catalog, runner, store, view } = session
  const renaming = useStore(view, state => state.renaming === id)
  const { node, type, status } = data
  const collapsed = isCollapsed(node)
  const title = ownTitle(node) || type?.name || node.type
  const kind = catalog.colorType(type)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: every gesture here has a key or a button too
    <header
      className={css.header}
      onDoubleClick={event => {
        event.stopPropagation()
        if (store.canEdit) view.setState({ renaming: id })
      }}
    >
      {collapsed ? (
        <button
          type="button"
          className={`${css.open} nodrag`}
          aria-expanded="false"
          aria-label={texts.expandTitle(title)}
          disabled={!store.canEdit}
          onClick={() => collapse(session, [id])}
        >
          <ChevronRight size={14} />
        </button>
      ) : (
        <Glyph type={kind} />
      )}
      {renaming ? (
        <TitleInput
          title={title}
          onDone={text => {
            view.setState({ renaming: null })
            const label = text.trim()
            if (label !== title) {
              setField(session, id, 'label', label && label !== type?.name ? label : undefined)
            }
          }}
        />
      ) : (
        <span className={css.title} title={type?.description}>
          {title}
        </span>
      )}
      <CardStatus id={id} stale={stale} status={status} />
      {atRest && type?.runs && store.canEdit && !status.mode && !status.needs && (
        <button
          type="button"
          className={`${css.run} nodrag`}
          title={texts.runThisNodeHelp}
          aria-label={texts.runTitle(title)}
          onClick={() => void runner.run({ only: [id] })}
        >
          <Play size={12} fill="currentColor" />
        </button>
      )}
    </header>
  )
}
