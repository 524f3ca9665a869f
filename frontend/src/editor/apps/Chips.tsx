/** References as a user reads them: where a value comes from and which part of it is taken. */
import { X } from 'lucide-react'
import { ownTitle } from '../../catalog/title'
import { useSession } from '../session'
import css from './Chips.module.css'
import type { Reference } from './references'
import { texts } from './texts'

interface Props {
  id: string
  references: readonly Reference[]
  onClear?: () => void
}

const SHOWN = 2

export function Chips({ id, references, onClear }: Props) {
  const { store } = useSession()
  const groups = new Map<string, Reference[]>()
  for (const one of references) groups.set(one.source, [...(groups.get(one.source) ?? []), one])
  const more = groups.size - SHOWN
  return (
    <>
      {[...groups].slice(0, SHOWN).map(([source, group]) => (
        <Chip key={source} id={id} source={source} group={group} alone={references.length === 1} />
      ))}
      {more > 0 && <span className={css.more}>+{more}</span>}
      {onClear && store.canEdit && (
        <button
          type="button"
          className={css.clear}
          title={texts.removeTheReference}
          aria-label={texts.removeTheReference}
          onClick={onClear}
        >
          <X aria-hidden size={12} />
        </button>
      )}
    </>
  )
}

/** All references to one source; which part of it is used is shown beside it when there is room. */
interface ChipProps {
  id: string
  source: string
  group: Reference[]
  alone: boolean
}

function Chip({ id, source, group, alone }: ChipProps) {
  const { store, catalog } = useSession()
  const path = group[0]?.path ?? ''
  const handles = new Set<unknown>([`$${source}`, `$${source}-in`])
  const edge = store.document.edges.find(
    edge => edge.target === id && handles.has(edge.targetHandle),
  )
  const from = edge && store.node(edge.source)
  const name =
    source === 'input'
      ? texts.allInputs
      : source.startsWith('input.')
        ? source.slice('input.'.length)
        : from
          ? ownTitle(from) || catalog.get(from.type)?.name || from.type
          : source
  const written = group.map(one => `$${source}${one.path && `.${one.path}`}`).join(', ')
  // Every file of fal has a url; it says nothing.
  const part = path.replace(/\.url$/, '').replaceAll('.', ' › ')
  return (
    <span
      className={css.chip}
      data-input={source === 'input' || source.startsWith('input.') || undefined}
      data-loose={edge ? undefined : true}
      title={edge ? written : texts.nothingProvides(written)}
    >
      <b>{name}</b>
      {alone && part && <span>{part}</span>}
      {group.length > 1 && <span>×{group.length}</span>}
    </span>
  )
}
